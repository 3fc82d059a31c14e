# Example programs. make check compiles and runs them.
