# Help for shells and editors.

bashcompletiondir = $(datadir)/bash-completion/completions
zshcompletiondir = $(datadir)/zsh/vendor-completions
fishcompletiondir = $(datadir)/fish/vendor_completions.d
vimsyntaxdir = $(datadir)/vim/vimfiles/syntax
vimftdetectdir = $(datadir)/vim/vimfiles/ftdetect
dist_vimsyntax_DATA = editors/vim/syntax/clfiber.vim
dist_vimftdetect_DATA = editors/vim/ftdetect/clfiber.vim
EXTRA_DIST += completions/clfiber.bash completions/clfiber.fish completions/clfiber.zsh editors/fib.ctags

# bash and fish look for a file of the tool's name, zsh for what begins with an underscore.
install-data-local:
	$(MKDIR_P) '$(DESTDIR)$(bashcompletiondir)' '$(DESTDIR)$(zshcompletiondir)' '$(DESTDIR)$(fishcompletiondir)'
	$(INSTALL_DATA) $(srcdir)/completions/clfiber.bash '$(DESTDIR)$(bashcompletiondir)/clfrun'
	$(INSTALL_DATA) $(srcdir)/completions/clfiber.zsh '$(DESTDIR)$(zshcompletiondir)/_clfiber'
	$(INSTALL_DATA) $(srcdir)/completions/clfiber.fish '$(DESTDIR)$(fishcompletiondir)/clfrun.fish'
	for tool in clfcc clfiber-info clfbench clftrace; do \
	  rm -f '$(DESTDIR)$(bashcompletiondir)'/$$tool '$(DESTDIR)$(fishcompletiondir)'/$$tool.fish && \
	  (cd '$(DESTDIR)$(bashcompletiondir)' && ln -s clfrun $$tool) && \
	  (cd '$(DESTDIR)$(fishcompletiondir)' && ln -s clfrun.fish $$tool.fish) || exit 1; \
	done

uninstall-local:
	cd '$(DESTDIR)$(bashcompletiondir)' 2>/dev/null && rm -f clfrun clfcc clfiber-info clfbench clftrace || :
	cd '$(DESTDIR)$(fishcompletiondir)' 2>/dev/null && \
	  rm -f clfrun.fish clfcc.fish clfiber-info.fish clfbench.fish clftrace.fish || :
	rm -f '$(DESTDIR)$(zshcompletiondir)/_clfiber'
