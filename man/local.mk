# Manual pages. A page of section 3 describes several functions: each gets a page of its name that leads there, at the
# installation. tests/ecosystem/manual.sh compares all of them with the header and the tools.

dist_man_MANS += \
	man/clf_cancel.3 \
	man/clf_create.3 \
	man/clf_get_device.3 \
	man/clf_get_stats.3 \
	man/clf_hostcall.3 \
	man/clf_join.3 \
	man/clf_litmus.3 \
	man/clf_message.3 \
	man/clf_on_completion.3 \
	man/clf_program_build.3 \
	man/clf_run.3 \
	man/clf_start.3 \
	man/clfbench.1 \
	man/clfcc.1 \
	man/clfiber-environment.7 \
	man/clfiber-info.1 \
	man/clfiber-language.7 \
	man/clfiber.3 \
	man/clfrun.1 \
	man/clftrace.1
EXTRA_DIST += man/aliases.sh

install-data-hook:
	$(SHELL) $(srcdir)/man/aliases.sh $(srcdir)/man | while read -r alias page; do \
	  echo ".so man3/$$page" >'$(DESTDIR)$(man3dir)'/$$alias || exit 1; \
	done
	sed 's|^prefix=.*|prefix=$(prefix)|' lib/clfiber.pc >'$(DESTDIR)$(pkgconfigdir)/clfiber.pc'

uninstall-hook:
	$(SHELL) $(srcdir)/man/aliases.sh $(srcdir)/man | while read -r alias page; do \
	  rm -f '$(DESTDIR)$(man3dir)'/$$alias; \
	done
