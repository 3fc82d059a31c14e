#!/bin/sh
# report_check.sh: report.sh measures small problems and writes a report with what belongs in it.
set -eu

CLF_REPORT=$PWD/report-check.$$
CLF_REPORT_SIZE=small
export CLF_REPORT CLF_REPORT_SIZE
trap 'rm -rf "$CLF_REPORT"' EXIT
script=${srcdir:-.}/bench/report.sh

wrong() {
    echo "report_check.sh: $*" >&2
    sed 's/^/    /' "$CLF_REPORT/report.md" >&2
    exit 1
}

has() {
    grep -q -e "$1" "$CLF_REPORT/report.md" || wrong "the report lacks '$1'"
}

sh "$script" fine >/dev/null
has '^| fib:15 | [0-9.e-]* | [0-9.]* | [0-9.e-]* | [0-9.]* |'
has '^- seq: plain C'
! grep -q 'Speed-up' "$CLF_REPORT/report.md" || wrong "a section that was not measured is there"
echo '{"workload":"stale:1","runtime":"clfiber","verified":false}' >"$CLF_REPORT/wide.json.new"
sh "$script" wide workers slices sizes memory >/dev/null
! grep -q 'stale' "$CLF_REPORT/report.md" || wrong "what a run left that was stopped is there"
has '^| matmul:40 | '
has '^| fib:15 | [0-9.e-]* |'
has '^| unlimited | 1 | [0-9.]* | +0.0% |'
has '^| 10 ms | '
has '^| nqueens:7 | 552 | '
has '^| fib:18 | 8361 | [0-9]* | [0-9]* | [0-9]* |$'
has ' 0 with a wrong answer'
for chart in fine wide slices sizes memory; do
    ! command -v gnuplot >/dev/null || test -s "$CLF_REPORT/$chart.svg" || wrong "$chart.svg is missing"
done
status=0
sh "$script" coarse >/dev/null 2>&1 || status=$?
test "$status" = 2 || wrong "an unknown section: exit status $status, not 2"
