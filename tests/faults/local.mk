# Every call that may fail, failing: the internal library is static, so that the linker can put tests/faults/shim.c
# between it and OpenCL, and between it and the allocator.

EXTRA_DIST += tests/programs/mixture.fib
check_PROGRAMS += tests/test_faultpoints
tests_test_faultpoints_SOURCES = tests/test_faultpoints.c \
	tests/faults/scenes.c tests/faults/scenes.h tests/faults/stage.c \
	tests/faults/shim.c tests/faults/shim.h
tests_test_faultpoints_CPPFLAGS = $(AM_CPPFLAGS) -DCL_USE_DEPRECATED_OPENCL_1_2_APIS
tests_test_faultpoints_LDADD = $(scheduler_ldadd) -lpthread
tests_test_faultpoints_LDFLAGS = $(AM_LDFLAGS) $(fault_wraps)

fault_wraps = \
	-Wl,--wrap=clBuildProgram \
	-Wl,--wrap=clCreateBuffer \
	-Wl,--wrap=clCreateCommandQueue \
	-Wl,--wrap=clCreateContext \
	-Wl,--wrap=clCreateKernel \
	-Wl,--wrap=clCreateProgramWithBinary \
	-Wl,--wrap=clCreateProgramWithSource \
	-Wl,--wrap=clCreateUserEvent \
	-Wl,--wrap=clEnqueueCopyBuffer \
	-Wl,--wrap=clEnqueueFillBuffer \
	-Wl,--wrap=clEnqueueNDRangeKernel \
	-Wl,--wrap=clEnqueueReadBuffer \
	-Wl,--wrap=clEnqueueWriteBuffer \
	-Wl,--wrap=clFinish \
	-Wl,--wrap=clGetCommandQueueInfo \
	-Wl,--wrap=clGetDeviceIDs \
	-Wl,--wrap=clGetDeviceInfo \
	-Wl,--wrap=clGetKernelWorkGroupInfo \
	-Wl,--wrap=clGetMemObjectInfo \
	-Wl,--wrap=clGetPlatformIDs \
	-Wl,--wrap=clGetPlatformInfo \
	-Wl,--wrap=clGetProgramBuildInfo \
	-Wl,--wrap=clGetProgramInfo \
	-Wl,--wrap=clReleaseCommandQueue \
	-Wl,--wrap=clReleaseContext \
	-Wl,--wrap=clReleaseDevice \
	-Wl,--wrap=clReleaseEvent \
	-Wl,--wrap=clReleaseKernel \
	-Wl,--wrap=clReleaseMemObject \
	-Wl,--wrap=clReleaseProgram \
	-Wl,--wrap=clRetainCommandQueue \
	-Wl,--wrap=clRetainContext \
	-Wl,--wrap=clRetainDevice \
	-Wl,--wrap=clRetainEvent \
	-Wl,--wrap=clRetainKernel \
	-Wl,--wrap=clRetainMemObject \
	-Wl,--wrap=clRetainProgram \
	-Wl,--wrap=clSVMAlloc \
	-Wl,--wrap=clSVMFree \
	-Wl,--wrap=clSetKernelArg \
	-Wl,--wrap=clSetKernelArgSVMPointer \
	-Wl,--wrap=clSetUserEventStatus \
	-Wl,--wrap=clWaitForEvents \
	-Wl,--wrap=aligned_alloc \
	-Wl,--wrap=calloc \
	-Wl,--wrap=free \
	-Wl,--wrap=malloc \
	-Wl,--wrap=pipe \
	-Wl,--wrap=pthread_create \
	-Wl,--wrap=realloc

# All points, instead of a sample of those that are dear.
.PHONY: check-faults
check-faults: tests/test_faultpoints$(EXEEXT)
	CLF_FAULTS=all CK_DEFAULT_TIMEOUT=3600 $(SHELL) $(top_srcdir)/tests/wrapper.sh ./tests/test_faultpoints$(EXEEXT)

# Bad input, a case a line.
check_PROGRAMS += tests/test_refusals
tests_test_refusals_CPPFLAGS = $(AM_CPPFLAGS) -DCL_USE_DEPRECATED_OPENCL_1_2_APIS
tests_test_refusals_LDADD = $(scheduler_ldadd) -lm

# Litmus tests that fail: the same way.
check_PROGRAMS += tests/test_tiers
tests_test_tiers_CPPFLAGS = $(AM_CPPFLAGS) -DCL_USE_DEPRECATED_OPENCL_1_2_APIS
tests_test_tiers_LDADD = $(scheduler_ldadd) -lpthread
tests_test_tiers_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=clBuildProgram -Wl,--wrap=clEnqueueReadBuffer -Wl,--wrap=clGetPlatformInfo
