# find_package(clfiber) finds the libclfiber that this file was installed with, wherever that is now, and makes the
# target clfiber::clfiber. Programs that call OpenCL themselves link with OpenCL::OpenCL, too.
include(CMakeFindDependencyMacro)
find_dependency(OpenCL)

get_filename_component(clfiber_libdir "${CMAKE_CURRENT_LIST_DIR}/../.." ABSOLUTE)
find_library(clfiber_LIBRARY NAMES clfiber PATHS "${clfiber_libdir}" NO_DEFAULT_PATH)
find_path(clfiber_INCLUDE_DIR NAMES clfiber.h
  PATHS "${clfiber_libdir}/../include" "${clfiber_libdir}/../../include" NO_DEFAULT_PATH)
mark_as_advanced(clfiber_LIBRARY clfiber_INCLUDE_DIR)
if(NOT clfiber_LIBRARY OR NOT clfiber_INCLUDE_DIR)
  set(clfiber_FOUND FALSE)
  set(clfiber_NOT_FOUND_MESSAGE "no library or header beside ${CMAKE_CURRENT_LIST_DIR}")
elseif(NOT TARGET clfiber::clfiber)
  add_library(clfiber::clfiber UNKNOWN IMPORTED)
  set_target_properties(clfiber::clfiber PROPERTIES
    IMPORTED_LOCATION "${clfiber_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${clfiber_INCLUDE_DIR}"
    INTERFACE_LINK_LIBRARIES OpenCL::OpenCL)
endif()
