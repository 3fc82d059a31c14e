# For users who build with CMake: find_package(clfiber).

cmakedir = $(libdir)/cmake/clfiber
dist_cmake_DATA = lib/cmake/clfiberConfig.cmake
nodist_cmake_DATA = lib/cmake/clfiberConfigVersion.cmake
EXTRA_DIST += lib/cmake/version.cmake.in
CLEANFILES += lib/cmake/clfiberConfigVersion.cmake

lib/cmake/clfiberConfigVersion.cmake: lib/cmake/version.cmake.in lib/cmake/local.mk Makefile
	$(AM_V_at)$(MKDIR_P) lib/cmake
	$(AM_V_GEN)sed 's/@PACKAGE[_]VERSION@/$(PACKAGE_VERSION)/' $(srcdir)/lib/cmake/version.cmake.in >$@
