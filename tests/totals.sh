#!/bin/sh
# totals.sh BUILD-FOLDER: what the last `make check` did there: Check's total per suite, the reason of
# every skip, and the sum. Exits 1 if there are no results, 2 if something was skipped.
set -eu
cd "$1"

# Results older than the Makefile may be those of tests that are gone.
# shellcheck disable=SC2046
slowest=$(mktemp)
trap 'rm -f "$slowest"' EXIT
awk -v slowest="$slowest" '
function value(line, name,    rest) {
    rest = line
    if (!sub(".*" name ": ", "", rest)) return 0
    return rest + 0
}
BEGIN {
    for (i = 1; i < ARGC; i++) {
        trs = ARGV[i]
        log_name = trs
        sub(/\.trs$/, ".log", log_name)
        test = trs
        sub(/\.trs$/, "", test)
        result = "none"
        while ((getline line < trs) > 0)
            if (line ~ /^:test-result: /) result = substr(line, 15)
        close(trs)
        last = total = ""
        while ((getline line < log_name) > 0) {
            if (line ~ /^took [0-9]+ s$/) {
                split(line, word, " ")
                printf "%d s %s\n", word[2], test | "sort -rn | head -n 12 >" slowest
                continue
            }
            if (line ~ /^[0-9]+%: Checks: /) {
                total = line
                checks += value(line, "Checks")
                failures += value(line, "Failures")
                errors += value(line, "Errors")
                printf "%-32s %s\n", test, line
            }
            # automake ends each log with a line of its own
            if (line != "" && line !~ /^(PASS|SKIP|FAIL|ERROR|XPASS|XFAIL) /) last = line
        }
        close(log_name)
        tests++
        if (result ~ /^PASS/) passed++
        else if (result ~ /^SKIP/) {
            skipped++
            printf "%-32s skipped: %s\n", test, last
        } else failed++
        if (total == "" && result ~ /^PASS/) printf "%-32s passed\n", test
        if (result !~ /^(PASS|SKIP)/) printf "%-32s %s\n", test, result
    }
    if (tests == 0) {
        print "no test results"
        exit 1
    }
    if (checks > 0)
        printf "%d%%: Checks: %d, Failures: %d, Errors: %d\n",
            int(100 * (checks - failures - errors) / checks), checks, failures, errors
    printf "Suites: %d passed, %d failed, %d skipped\n", passed, failed, skipped
    close("sort -rn | head -n 12 >" slowest)
    printf "Slowest:"
    while ((getline line < slowest) > 0) printf " %s;", line
    printf "\n"
    exit skipped > 0 ? 2 : 0
}' $(find . -name '*.trs' -newer Makefile | sed 's,^\./,,' | sort)
