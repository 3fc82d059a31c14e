# The project's own checks for configure.ac.

# CLF_ADD_FLAGS(LANGUAGE, VARIABLE, FLAGS): appends to VARIABLE those of FLAGS that the compiler takes
# without a complaint. clang only warns about unknown flags, so warnings are errors during the test.
AC_DEFUN([CLF_ADD_FLAGS],
[AC_LANG_PUSH([$1])
clf_flags_save=$[]_AC_LANG_PREFIX[]FLAGS
for clf_flag in $3; do
  AC_MSG_CHECKING([whether the $1 compiler takes $clf_flag])
  _AC_LANG_PREFIX[]FLAGS="$clf_flags_save -Werror $clf_flag"
  AC_COMPILE_IFELSE([AC_LANG_PROGRAM([], [])],
    [AC_MSG_RESULT([yes])
     AS_VAR_APPEND([$2], [" $clf_flag"])],
    [AC_MSG_RESULT([no])])
done
_AC_LANG_PREFIX[]FLAGS=$clf_flags_save
AC_LANG_POP([$1])
])

# CLF_CHECK_CXX: clf_have_cxx tells whether there is a C++17 compiler that works (only peers need it).
AC_DEFUN([CLF_CHECK_CXX],
[AC_CACHE_CHECK([for a working C++17 compiler], [clf_cv_cxx],
  [AC_LANG_PUSH([C++])
   AC_COMPILE_IFELSE([AC_LANG_PROGRAM([[#include <optional>]], [[std::optional<int> x = 0; return *x;]])],
     [clf_cv_cxx=yes], [clf_cv_cxx=no])
   AC_LANG_POP([C++])])
clf_have_cxx=$clf_cv_cxx
AM_CONDITIONAL([HAVE_CXX], [test "$clf_have_cxx" = yes])
])

# CLF_SANITIZER: acts on --enable-sanitizer. The flags go where the library, the tests and the programs
# linked with an installed static library all get them.
AC_DEFUN([CLF_SANITIZER],
[AS_CASE([$enable_sanitizer],
  [no], [],
  [address|thread|undefined|address,undefined],
    [CLF_SANITIZER_FLAGS="-fsanitize=$enable_sanitizer -fno-omit-frame-pointer"
     AS_CASE([$enable_sanitizer],
       [*undefined], [AS_VAR_APPEND([CLF_SANITIZER_FLAGS], [" -fno-sanitize-recover=undefined"])])
     AC_MSG_CHECKING([whether $CC links with -fsanitize=$enable_sanitizer])
     clf_sanitizer_save=$CFLAGS
     CFLAGS="$CFLAGS $CLF_SANITIZER_FLAGS"
     AC_LINK_IFELSE([AC_LANG_PROGRAM([], [])],
       [AC_MSG_RESULT([yes])],
       [AC_MSG_RESULT([no])
        AC_MSG_ERROR([$CC has no $enable_sanitizer sanitizer])])
     CFLAGS=$clf_sanitizer_save],
  [AC_MSG_ERROR([--enable-sanitizer=$enable_sanitizer: the kinds are address, thread, undefined and address,undefined])])
AC_SUBST([CLF_SANITIZER_FLAGS])
AC_SUBST([CLF_SANITIZER_KIND], [$enable_sanitizer])
])

# CLF_CHECK_TSAN: HAVE_TSAN, whether a test may be built with the thread sanitizer while the rest is not.
AC_DEFUN([CLF_CHECK_TSAN],
[AC_CACHE_CHECK([whether $CC has the thread sanitizer], [clf_cv_tsan],
  [clf_tsan_save=$CFLAGS
   CFLAGS="$CFLAGS -fsanitize=thread"
   AC_LINK_IFELSE([AC_LANG_PROGRAM([], [])], [clf_cv_tsan=yes], [clf_cv_tsan=no])
   CFLAGS=$clf_tsan_save])
AM_CONDITIONAL([HAVE_TSAN], [test "$clf_cv_tsan" = yes && test "$enable_sanitizer" = no])
])

# CLF_VERSION_SCRIPT: whether the linker takes GNU version scripts.
AC_DEFUN([CLF_VERSION_SCRIPT],
[AC_CACHE_CHECK([whether the linker takes a version script], [clf_cv_version_script],
  [AS_ECHO(["CLF_TEST { global: main; local: *; };"]) >conftest.map
   clf_version_script_save=$LDFLAGS
   LDFLAGS="$LDFLAGS -Wl,--version-script=conftest.map"
   AC_LINK_IFELSE([AC_LANG_PROGRAM([], [])],
     [clf_cv_version_script=yes], [clf_cv_version_script=no])
   LDFLAGS=$clf_version_script_save
   rm -f conftest.map])
AM_CONDITIONAL([HAVE_VERSION_SCRIPT], [test "$clf_cv_version_script" = yes])
])

# CLF_CHECK_TBB: oneTBB with headers that the C++ compiler can use; sets clf_have_tbb, TBB_CFLAGS, TBB_LIBS.
AC_DEFUN([CLF_CHECK_TBB],
[clf_have_tbb=no
AS_IF([test "$clf_have_cxx" = yes], [PKG_CHECK_MODULES([TBB], [tbb >= 2021], [clf_have_tbb=yes], [:])])
AS_IF([test "$clf_have_tbb" = yes],
  [AC_LANG_PUSH([C++])
   clf_tbb_save_CXXFLAGS=$CXXFLAGS
   clf_tbb_save_LIBS=$LIBS
   CXXFLAGS="$CXXFLAGS $TBB_CFLAGS"
   LIBS="$TBB_LIBS $LIBS"
   AC_MSG_CHECKING([whether a program with oneTBB's task_group links])
   AC_LINK_IFELSE([AC_LANG_PROGRAM([[#include <oneapi/tbb/task_group.h>]],
                                   [[oneapi::tbb::task_group g; g.run([] {}); g.wait();]])],
     [], [clf_have_tbb=no])
   AC_MSG_RESULT([$clf_have_tbb])
   CXXFLAGS=$clf_tbb_save_CXXFLAGS
   LIBS=$clf_tbb_save_LIBS
   AC_LANG_POP([C++])])
])

# CLF_CHECK_BOOST_FIBER: Boost.Fiber, which has no pkg-config file; sets clf_have_boost_fiber, BOOST_FIBER_LIBS.
AC_DEFUN([CLF_CHECK_BOOST_FIBER],
[clf_have_boost_fiber=no
BOOST_FIBER_LIBS="-lboost_fiber -lboost_context"
AS_IF([test "$clf_have_cxx" = yes],
  [AC_LANG_PUSH([C++])
   clf_boost_save_LIBS=$LIBS
   LIBS="$BOOST_FIBER_LIBS $LIBS"
   AC_MSG_CHECKING([whether a program with Boost.Fiber links])
   AC_LINK_IFELSE([AC_LANG_PROGRAM([[#include <boost/fiber/all.hpp>]],
                                   [[boost::fibers::fiber f([] {}); f.join();]])],
     [clf_have_boost_fiber=yes], [])
   AC_MSG_RESULT([$clf_have_boost_fiber])
   LIBS=$clf_boost_save_LIBS
   AC_LANG_POP([C++])])
AC_SUBST([BOOST_FIBER_LIBS])
])

# CLF_CHECK_PYTHON: PYTHON, a Python 3 for the tests, if there is one with PyOpenCL. CLF_PYTHONDIR, where the Python
# module goes: below the prefix, in the folder that Debian's and most other Pythons look into there.
AC_DEFUN([CLF_CHECK_PYTHON],
[AC_ARG_VAR([PYTHON], [Python 3, best one that has PyOpenCL])
AS_IF([test -z "$PYTHON"],
  [AC_MSG_CHECKING([for a Python 3 with PyOpenCL])
   for clf_python in python3 /usr/bin/python3; do
     AS_IF([$clf_python -c 'import pyopencl, numpy' >/dev/null 2>&1], [PYTHON=$clf_python; break])
   done
   AC_MSG_RESULT([${PYTHON:-none}])])
AC_ARG_WITH([pythondir],
  [AS_HELP_STRING([--with-pythondir=DIR],
                  [install the Python module into DIR; no: do not; default: PREFIX/lib/python3/dist-packages])],
  [], [with_pythondir=yes])
AS_CASE([$with_pythondir],
  [yes], [CLF_PYTHONDIR='${prefix}/lib/python3/dist-packages'],
  [no], [CLF_PYTHONDIR=],
  [CLF_PYTHONDIR=$with_pythondir])
AC_SUBST([CLF_PYTHONDIR])
AM_CONDITIONAL([HAVE_PYTHON], [test "$with_pythondir" != no])
])
