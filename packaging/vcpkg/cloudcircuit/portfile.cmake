# An overlay port of the sources that it lies in: vcpkg install cloudcircuit --overlay-ports=packaging/vcpkg. It needs
# cargo and make.
get_filename_component(SOURCE_PATH "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)
set(VCPKG_BUILD_TYPE release)
# The configuration finds the libraries from where it lies.
set(VCPKG_POLICY_SKIP_MISPLACED_CMAKE_FILES_CHECK enabled)
set(VCPKG_POLICY_SKIP_LIB_CMAKE_MERGE_CHECK enabled)

find_program(CARGO cargo HINTS "$ENV{HOME}/.cargo/bin" REQUIRED)
vcpkg_execute_required_process(
  COMMAND make install "CARGO=${CARGO}" "CARGO_TARGET_DIR=${CURRENT_BUILDTREES_DIR}/target"
          "PREFIX=${CURRENT_PACKAGES_DIR}" "DOCDIR=${CURRENT_PACKAGES_DIR}/share/${PORT}/doc"
  WORKING_DIRECTORY "${SOURCE_PATH}"
  LOGNAME "install-${TARGET_TRIPLET}")

if(VCPKG_LIBRARY_LINKAGE STREQUAL "static")
  file(GLOB unwanted "${CURRENT_PACKAGES_DIR}/lib/libcloudcircuit.so*")
else()
  set(unwanted "${CURRENT_PACKAGES_DIR}/lib/libcloudcircuit.a")
endif()
file(REMOVE ${unwanted})
vcpkg_fixup_pkgconfig()
vcpkg_install_copyright(FILE_LIST "${SOURCE_PATH}/LICENSE")
