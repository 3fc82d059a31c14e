# make bench-report: the standard set with peers, as tables and charts; SECTIONS="fine wide" measures some of them.

EXTRA_DIST += bench/report.sh
dist_check_SCRIPTS += bench/report_check.sh

bench-report: bench/clfbench
	$(AM_V_at)CLFBENCH=./bench/clfbench $(SHELL) $(srcdir)/bench/report.sh $(SECTIONS)
.PHONY: bench-report

clean-report:
	rm -rf bench/report
clean-local: clean-report
.PHONY: clean-report
