#!/bin/sh
# report.sh [SECTION...]: measures, then writes report.md with tables, and charts where there is gnuplot.
#
# Sections: fine wide workers slices sizes memory; each takes a minute or so and leaves lines of JSON in
# the report's folder, so that they can be measured one at a time. `render` measures nothing and writes the report
# of what is there; it follows every call. Without arguments: all.
#
#   CLFBENCH         the program (bench/clfbench)
#   CLF_REPORT       folder of the lines of JSON, of report.md and of the charts (bench/report)
#   CLF_REPORT_RUNS  timed runs of each problem (5)
#   CLF_REPORT_SIZE  small: problems of a moment, to try the script; large: up to a thousand million fibers
set -eu
LC_ALL=C
export LC_ALL

clfbench=${CLFBENCH:-./bench/clfbench}
folder=${CLF_REPORT:-bench/report}
runs=${CLF_REPORT_RUNS:-5}
size=${CLF_REPORT_SIZE:-normal}
cores=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)
tab=$(printf '\t')
mkdir -p "$folder"

# ---- problems ----------------------------------------------------------------------------------------------

fine='fib:32 nqueens:12 nqueens:13 uts:T1 uts:T3 spawnjoin:1000000'
wide='cilksort:4194304 mergesort:1048576 bintree:18 barytree:12 mandelbrot:1024 knapsack:32 matmul:1024
    strassen:1024 nbody:16384 rmat:18 nqueens:13,5'
scaled='fib:34 nqueens:13 uts:T1 uts:T3 cilksort:4194304 mandelbrot:2048'
sliced='fib:32'
slices='100 1000 10000 100000 1000000 unlimited'
slice_ms='1 10 100'
sizes='fib:15 fib:20 fib:25 fib:30 fib:35 nqueens:8 nqueens:10 nqueens:12 nqueens:14
    uts:T1,gen_mx=5 uts:T1,gen_mx=7 uts:T1,gen_mx=9 uts:T1 uts:T3'
case $size in
normal) ;;
large) sizes="$sizes fib:40 fib:42 uts:T1L uts:T3L" ;;
small)
    fine='fib:15 uts:T1,gen_mx=5' wide='cilksort:3000 matmul:40' scaled='fib:15 cilksort:3000' sliced='fib:15'
    slices='1000 unlimited' slice_ms=10 sizes='fib:15 fib:18 nqueens:7' runs=1
    ;;
*)
    echo "report.sh: CLF_REPORT_SIZE is '$size'; it has to be normal, small or large" >&2
    exit 2
    ;;
esac

# ---- measuring ---------------------------------------------------------------------------------------------

# measure SECTION ARGUMENT...: appends to the section's lines
measure() {
    section=$1
    shift
    "$clfbench" --runs "$runs" --json "$folder/now.json" "$@"
    cat "$folder/now.json" >>"$folder/$section.json.new"
    rm -f "$folder/now.json"
}

# The peers that this build has.
peers() {
    "$clfbench" --list | sed -n '/^Peers:/,$ s/^  \([a-z]*\) .*/\1/p' | paste -s -d , -
}

# The problems are lists of words.
# shellcheck disable=SC2086
run_section() {
    rm -f "$folder/$1.json.new" # of a run that was stopped
    case $1 in
    fine) measure fine --peers "$(peers)" $fine ;;
    wide) measure wide --peers "$(peers)" $wide ;;
    workers)
        workers=1
        while test "$workers" -le "$cores"; do
            measure workers --workers "$workers" $scaled
            workers=$((workers < 4 ? workers + 1 : workers * 2))
        done
        ;;
    slices)
        for slice in $slices; do
            measure slices --slice "$slice" $sliced
        done
        for ms in $slice_ms; do
            measure slices --slice-ms "$ms" $sliced
            sed "\$ s/\"slice\":\"adaptive\"/\"slice\":\"$ms ms\"/" "$folder/slices.json.new" >"$folder/now.json"
            mv "$folder/now.json" "$folder/slices.json.new"
        done
        ;;
    sizes) measure sizes $sizes ;;
    memory) measure memory --frames 64 --ring 64 --runs 1 $sizes ;;
    *)
        echo "report.sh: there is no section '$1'; there are fine, wide, workers, slices, sizes, memory, render" >&2
        exit 2
        ;;
    esac
    mv "$folder/$1.json.new" "$folder/$1.json"
}

# ---- tables ------------------------------------------------------------------------------------------------

# fields SECTION KEY...: a line of values per line of JSON; nothing if the section was not measured
fields() {
    file=$folder/$1.json
    shift
    test -s "$file" || return 0
    awk -v keys="$*" '
        function field(key,   at, rest) {
            at = index($0, "\"" key "\":")
            if (!at)
                return "-"
            rest = substr($0, at + length(key) + 3)
            if (substr(rest, 1, 1) != "\"") {
                match(rest, /[,}]/)
                return substr(rest, 1, RSTART - 1)
            }
            rest = substr(rest, 2)
            return substr(rest, 1, index(rest, "\"") - 1)
        }
        BEGIN { count = split(keys, key, " ") }
        {
            line = field(key[1])
            for (i = 2; i <= count; i++)
                line = line "\t" field(key[i])
            print line
        }' "$file"
}

# The peers' table of one section, and the ratios for its chart.
peers_table() {
    fields "$1" workload runtime median vs_clfiber fibers | awk -F "$tab" -v ratios="$folder/$1.dat" '
        $2 == "clfiber" { name[++n] = $1; ours[n] = $3; fibers[n] = $5 }
        $2 != "clfiber" { time[n, $2] = $3; ratio[n, $2] = $4 }
        function cell(n, who) {
            return (n, who) in time ? sprintf("%.4g | %.2f", time[n, who], ratio[n, who]) : "- | -"
        }
        END {
            print "| workload | ours, s | ns a fiber | seq, s | seq/ours | omp, s | omp/ours | tbb, s | tbb/ours |"
            print "|---|---|---|---|---|---|---|---|---|"
            for (i = 1; i <= n; i++) {
                printf "| %s | %.4g | %.1f | %s | %s | %s |\n", name[i], ours[i], ours[i] / fibers[i] * 1e9,
                    cell(i, "seq"), cell(i, "omp"), cell(i, "tbb")
                printf "\"%s\"\t%s\t%s\t%s\n", name[i], ((i, "seq") in ratio) ? ratio[i, "seq"] : "?",
                    ((i, "omp") in ratio) ? ratio[i, "omp"] : "?", ((i, "tbb") in ratio) ? ratio[i, "tbb"] : "?" >ratios
            }
        }'
}

workers_table() {
    fields workers workload runtime workers median | awk -F "$tab" -v data="$folder/workers.dat" '
        $2 == "clfiber" {
            if (!($1 in seen)) {
                seen[$1] = 1
                name[++n] = $1
            }
            time[$1, $3] = $4
            if (!($3 in column)) {
                column[$3] = 1
                width[++w] = $3
            }
        }
        END {
            head = "| workload |"
            rule = "|---|"
            for (j = 1; j <= w; j++) {
                head = head " " width[j] (width[j] == 1 ? " worker, s |" : " workers, s | speed-up |")
                rule = rule (width[j] == 1 ? "---|" : "---|---|")
            }
            print head
            print rule
            for (i = 1; i <= n; i++) {
                line = "| " name[i] " |"
                printf "\"%s\"\n", name[i] >data
                for (j = 1; j <= w; j++) {
                    speed = time[name[i], 1] / time[name[i], width[j]]
                    line = line sprintf(" %.4g |", time[name[i], width[j]])
                    if (width[j] != 1)
                        line = line sprintf(" %.2f |", speed)
                    printf "%s\t%s\n", width[j], speed >data
                }
                print line
                printf "\n\n" >data
            }
        }'
}

slices_table() {
    fields slices workload runtime slice median fibers slices | awk -F "$tab" -v data="$folder/slices.dat" '
        $2 == "clfiber" { n++; slice[n] = $3; time[n] = $4; fibers = $5; count[n] = $6; name = $1 }
        $3 == "unlimited" { whole = $4 }
        END {
            printf "| segments of a worker in a slice (%s) | slices | ns a fiber | against unlimited |\n|---|---|---|---|\n", name
            for (i = 1; i <= n; i++) {
                printf "| %s | %s | %.2f | %+.1f%% |\n", slice[i], count[i], time[i] / fibers * 1e9, (time[i] / whole - 1) * 100
                if (slice[i] + 0 > 0 && slice[i] !~ /ms/)
                    printf "%s\t%s\n", slice[i], time[i] / fibers * 1e9 >data
            }
        }'
}

sizes_table() {
    fields sizes workload runtime median fibers | awk -F "$tab" -v data="$folder/sizes.dat" '
        $2 == "clfiber" {
            family = $1
            sub(/[:,].*/, "", family)
            if ($1 == "uts:T3" || $1 ~ /L$/)
                family = $1
            if (family != before)
                printf "%s\"%s\"\n", (before == "" ? "" : "\n\n"), family >data
            before = family
            printf "%s\t%s\n", $4, $3 / $4 * 1e9 >data
            if (!n++)
                printf "| workload | fibers | s | ns a fiber |\n|---|---|---|---|\n"
            printf "| %s | %d | %.4g | %.2f |\n", $1, $4, $3, $3 / $4 * 1e9
        }'
}

memory_table() {
    fields memory workload runtime fibers frames frame_bytes | awk -F "$tab" -v data="$folder/memory.dat" '
        $2 == "clfiber" {
            if (!n++)
                printf "| workload | fibers | frames at the end | bytes a frame | KiB of frames |\n|---|---|---|---|---|\n"
            printf "| %s | %d | %d | %d | %.0f |\n", $1, $3, $4, $5, $4 * $5 / 1024
            printf "%s\t%s\n", $3, $4 * $5 / 1024 >data
        }'
}

# ---- charts ------------------------------------------------------------------------------------------------

# chart NAME, gnuplot's commands on standard input: NAME.svg, and its line of the report
chart() {
    test -s "$folder/${2-$1}.dat" && command -v gnuplot >/dev/null || return 0
    {
        echo "set terminal svg size 760,360 font 'sans,11' background 'white'"
        echo "set output '$folder/$1.svg'"
        echo "set grid; set key outside; data = '$folder/${2-$1}.dat'"
        cat
    } | gnuplot
    printf '\n![%s](%s.svg)\n' "$1" "$1"
}

bars() {
    chart "$1" <<'PLOT'
set datafile separator "\t"; set datafile missing '?'
set style data histograms; set style fill solid 0.8; set boxwidth 0.9
set logscale y; set ylabel "their time / ours"; set xtics rotate by -25
plot data using 2:xtic(1) title "seq", '' using 3 title "omp", '' using 4 title "tbb", 1 with lines lc "black" title "ours"
PLOT
}

# ---- the report --------------------------------------------------------------------------------------------

section() { # section FILE TITLE FUNCTION: if it was measured
    test -s "$folder/$1.json" || return 0
    printf '\n## %s\n\n' "$2"
    shift 2
    "$@"
}

about() {
    for name in fine wide workers slices sizes memory; do
        fields "$name" runtime about device workers
    done | awk -F "$tab" '
        $1 == "clfiber" && !($3 in seen) { seen[$3] = 1; print "- ours: " $3 }
        $1 != "clfiber" && !($1 in seen) { seen[$1] = 1; print "- " $1 ": " $2 ", " $4 ($4 == 1 ? " thread" : " threads") }'
    wrong=$(cat "$folder"/*.json | grep -c '"verified":false' || true)
    echo "- $(cat "$folder"/*.json | wc -l) measurements, $wrong with a wrong answer; medians of $runs runs, in turns with the peers'"
}

render() {
    {
        echo '# clfbench: report'
        echo
        echo 'Made by `make bench-report` (bench/report.sh). What the workloads are: bench/README.md.'
        echo
        about
        section fine 'Against peers: a fiber per node' peers_table fine
        bars fine
        section wide 'Against peers: work inside a fiber' peers_table wide
        bars wide
        section workers 'Speed-up by workers' workers_table
        chart workers <<'PLOT'
set xlabel "workers"; set ylabel "times as fast as one worker"; set xtics 1
stats data using 1 nooutput
plot for [i=0:STATS_blocks-1] data index i using 1:2 with linespoints title columnheader(1), x lc "gray" title "ideal"
PLOT
        section slices 'Cost by slice length' slices_table
        chart slices <<'PLOT'
set logscale x; set xlabel "segments in a slice"; set ylabel "ns a fiber"; set yrange [0:*]
plot data using 1:2 with linespoints title "fixed slices"
PLOT
        section sizes 'Cost by problem size' sizes_table
        chart sizes <<'PLOT'
set logscale x; set xlabel "fibers"; set ylabel "ns a fiber"; set logscale y; set format x "10^{%L}"
stats data using 1 nooutput
plot for [i=0:STATS_blocks-1] data index i using 1:2 with linespoints title columnheader(1)
PLOT
        section memory 'Memory by problem size' memory_table
        chart memory <<'PLOT'
set logscale xy; set xlabel "fibers"; set ylabel "KiB of frames"; set format x "10^{%L}"
plot data using 1:2 with points pt 7 title "frames, from 64 on"
PLOT
    } >"$folder/report.md.new"
    mv "$folder/report.md.new" "$folder/report.md"
    rm -f "$folder"/*.dat
    echo "report.sh: the report is $folder/report.md"
}

test $# -gt 0 || set -- fine wide workers slices sizes memory
for name in "$@"; do
    test "$name" = render || run_section "$name"
done
render
