" Files of the fiber language.
autocmd BufRead,BufNewFile *.fib setfiletype clfiber
