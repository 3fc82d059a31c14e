# Help for shells and editors.

bashcompletiondir = $(datadir)/bash-completion/completions
vimsyntaxdir = $(datadir)/vim/vimfiles/syntax
vimftdetectdir = $(datadir)/vim/vimfiles/ftdetect
dist_vimsyntax_DATA = editors/vim/syntax/clfiber.vim
dist_vimftdetect_DATA = editors/vim/ftdetect/clfiber.vim
EXTRA_DIST += completions/clfiber.bash editors/fib.ctags

# The shell looks for a file of the tool's name.
install-data-local:
	$(MKDIR_P) '$(DESTDIR)$(bashcompletiondir)'
	$(INSTALL_DATA) $(srcdir)/completions/clfiber.bash '$(DESTDIR)$(bashcompletiondir)/clfrun'
	for tool in clfcc clfiber-info clfbench; do \
	  rm -f '$(DESTDIR)$(bashcompletiondir)'/$$tool && \
	  (cd '$(DESTDIR)$(bashcompletiondir)' && ln -s clfrun $$tool) || exit 1; \
	done

uninstall-local:
	cd '$(DESTDIR)$(bashcompletiondir)' 2>/dev/null && rm -f clfrun clfcc clfiber-info clfbench || :
