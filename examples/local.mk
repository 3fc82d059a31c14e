# Example programs. make check compiles and runs them: each compares its result with one found by other means.
# They use the public interface alone, and find their fiber files in the source folder or in $EXAMPLES_DIR.

examples_cppflags = $(CLF_PUBLIC_CPPFLAGS) -D_GNU_SOURCE -DEXAMPLES_DIR='"$(abs_top_srcdir)/examples"'
examples_ldadd = libclfiber.la $(OPENCL_LIBS)
examples_common = examples/common.c examples/common.h

check_PROGRAMS += examples/fibonacci
examples_fibonacci_SOURCES = examples/fibonacci.c $(examples_common)
examples_fibonacci_CPPFLAGS = $(examples_cppflags)
examples_fibonacci_LDADD = $(examples_ldadd)

check_PROGRAMS += examples/quicksort
examples_quicksort_SOURCES = examples/quicksort.c $(examples_common)
examples_quicksort_CPPFLAGS = $(examples_cppflags)
examples_quicksort_LDADD = $(examples_ldadd)

EXTRA_DIST += \
	examples/README.md \
	examples/fibonacci.fib \
	examples/quicksort.fib

check_PROGRAMS += examples/quadrature
examples_quadrature_SOURCES = examples/quadrature.c $(examples_common)
examples_quadrature_CPPFLAGS = $(examples_cppflags)
examples_quadrature_LDADD = $(examples_ldadd) -lm
EXTRA_DIST += examples/quadrature.fib

check_PROGRAMS += examples/sudoku
examples_sudoku_SOURCES = examples/sudoku.c $(examples_common)
examples_sudoku_CPPFLAGS = $(examples_cppflags)
examples_sudoku_LDADD = $(examples_ldadd)
EXTRA_DIST += examples/sudoku.fib examples/puzzles.txt

EXTRA_DIST += examples/mandelbrot.c examples/mandelbrot.fib
CLEANFILES += mandelbrot.png
if HAVE_LIBPNG
check_PROGRAMS += examples/mandelbrot
examples_mandelbrot_SOURCES = examples/mandelbrot.c $(examples_common)
examples_mandelbrot_CPPFLAGS = $(examples_cppflags) $(LIBPNG_CFLAGS)
examples_mandelbrot_LDADD = $(examples_ldadd) $(LIBPNG_LIBS) -lm
endif

check_PROGRAMS += examples/wordcount
examples_wordcount_SOURCES = examples/wordcount.c $(examples_common)
examples_wordcount_CPPFLAGS = $(examples_cppflags)
examples_wordcount_LDADD = $(examples_ldadd)
EXTRA_DIST += examples/wordcount.fib

# Run by tests/dump.sh.
EXTRA_DIST += examples/deadlock.fib examples/deadlock.expected

check_PROGRAMS += examples/pipeline
examples_pipeline_SOURCES = examples/pipeline.c $(examples_common)
examples_pipeline_CPPFLAGS = $(examples_cppflags)
examples_pipeline_LDADD = $(examples_ldadd)
EXTRA_DIST += examples/pipeline.fib

check_PROGRAMS += examples/philosophers
examples_philosophers_SOURCES = examples/philosophers.c $(examples_common)
examples_philosophers_CPPFLAGS = $(examples_cppflags)
examples_philosophers_LDADD = $(examples_ldadd)
EXTRA_DIST += examples/philosophers.fib

check_PROGRAMS += examples/ring
examples_ring_SOURCES = examples/ring.c $(examples_common)
examples_ring_CPPFLAGS = $(examples_cppflags)
examples_ring_LDADD = $(examples_ldadd)
EXTRA_DIST += examples/ring.fib
