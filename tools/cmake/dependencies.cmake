# Every dependency is a Debian 12 package named in tools/packages.txt.
function(lnsim_missing what package)
  message(FATAL_ERROR "${what} was not found. Install it with: tools/setup   (Debian package ${package})")
endfunction()

if(LNSIM_SANITIZE AND NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  lnsim_missing("A compiler with libFuzzer" "clang libclang-rt-14-dev")
endif()

find_package(PkgConfig)
if(NOT PkgConfig_FOUND)
  lnsim_missing("pkg-config" pkg-config)
endif()

pkg_check_modules(systemc IMPORTED_TARGET systemc)
if(NOT systemc_FOUND)
  lnsim_missing("SystemC" libsystemc-dev)
endif()
# Debian builds SystemC as C++17; its header lets a C++20 program say so.
add_library(lnsim_systemc INTERFACE)
target_link_libraries(lnsim_systemc INTERFACE PkgConfig::systemc)
target_compile_definitions(lnsim_systemc INTERFACE SC_CPLUSPLUS=201703L)
# The library wants an sc_main, which sim/base/simulation.cpp has: take it also where nothing else of that file is used.
target_link_options(lnsim_systemc INTERFACE -Wl,--undefined=sc_main)

pkg_check_modules(hwy IMPORTED_TARGET libhwy)
if(NOT hwy_FOUND)
  lnsim_missing("Highway" libhwy-dev)
endif()

# By pkg-config: libzip's CMake package also asks for its command-line tools, which come in another package.
pkg_check_modules(libzip IMPORTED_TARGET libzip)
if(NOT libzip_FOUND)
  lnsim_missing("libzip" libzip-dev)
endif()

foreach(entry "fmt;libfmt-dev" "yaml-cpp;libyaml-cpp-dev" "nlohmann_json;nlohmann-json3-dev" "CLI11;libcli11-dev"
              "ZLIB;zlib1g-dev" "Boost;libboost-dev"
              "OpenSSL;libssl-dev" "SQLite3;libsqlite3-dev")
  list(GET entry 0 dependency)
  list(GET entry 1 package)
  find_package(${dependency} QUIET)
  if(NOT ${dependency}_FOUND)
    lnsim_missing(${dependency} ${package})
  endif()
endforeach()

# ONNX comes without a package of its own; it is built on protobuf. Its headers want to be told how it was built.
find_package(Protobuf QUIET)
if(NOT Protobuf_FOUND)
  lnsim_missing("Protocol Buffers" "libprotobuf-dev protobuf-compiler")
endif()
find_path(ONNX_INCLUDE onnx/shape_inference/implementation.h)
find_library(ONNX_LIBRARY onnx)
find_library(ONNX_PROTO_LIBRARY onnx_proto)
if(NOT ONNX_INCLUDE OR NOT ONNX_LIBRARY OR NOT ONNX_PROTO_LIBRARY)
  lnsim_missing("ONNX" libonnx-dev)
endif()
add_library(lnsim_onnx INTERFACE)
target_include_directories(lnsim_onnx SYSTEM INTERFACE ${ONNX_INCLUDE})
target_compile_definitions(lnsim_onnx INTERFACE ONNX_ML=1 ONNX_NAMESPACE=onnx)
target_link_libraries(lnsim_onnx INTERFACE ${ONNX_LIBRARY} ${ONNX_PROTO_LIBRARY} protobuf::libprotobuf)

# The charts of report pages; Debian's package says whose they are.
find_file(CHART_LIBRARY chart.min.js PATHS /usr/share/javascript/chart.js NO_DEFAULT_PATH)
find_file(CHART_LICENCE copyright PATHS /usr/share/doc/libjs-chart.js NO_DEFAULT_PATH)
if(NOT CHART_LIBRARY OR NOT CHART_LICENCE)
  lnsim_missing("Chart.js" libjs-chart.js)
endif()

# Figures as PNG; lnsim report runs it.
find_program(RSVG_CONVERT rsvg-convert)
if(NOT RSVG_CONVERT)
  lnsim_missing("rsvg-convert" librsvg2-bin)
endif()

if(LNSIM_TESTS)
  foreach(entry "GTest;libgtest-dev" "benchmark;libbenchmark-dev")
    list(GET entry 0 dependency)
    list(GET entry 1 package)
    find_package(${dependency} QUIET)
    if(NOT ${dependency}_FOUND)
      lnsim_missing(${dependency} ${package})
    endif()
  endforeach()

  # The twins in models/rtl: clocked beside the units (Verilator runs make where it builds blocks by themselves), and
  # read by a second simulator and a synthesis tool.
  foreach(program verilator make iverilog yosys)
    string(TOUPPER ${program} variable)
    find_program(${variable} ${program})
    if(NOT ${variable})
      lnsim_missing(${program} ${program})
    endif()
  endforeach()
  # Report pages are opened in it.
  find_program(CHROMIUM chromium)
  if(NOT CHROMIUM)
    lnsim_missing("Chromium" chromium)
  endif()
  # Sweeps run in parts.
  foreach(entry "mpirun;openmpi-bin" "munged;munge" "slurmctld;slurmctld" "slurmd;slurmd" "sbatch;slurm-client")
    list(GET entry 0 program)
    list(GET entry 1 package)
    string(TOUPPER ${program} variable)
    find_program(${variable} ${program})
    if(NOT ${variable})
      lnsim_missing(${program} ${package})
    endif()
  endforeach()
  # A cell library and a timing analyser for tests of gates.
  find_program(STA sta)
  if(NOT STA)
    lnsim_missing("OpenSTA" opensta)
  endif()
  find_file(OSU018_LIBERTY osu018_stdcells.lib PATHS /usr/share/qflow/tech/osu018 NO_DEFAULT_PATH)
  if(NOT OSU018_LIBERTY)
    lnsim_missing("The cell library osu018" qflow-tech-osu018)
  endif()
  execute_process(COMMAND ${VERILATOR} --getenv VERILATOR_ROOT OUTPUT_VARIABLE VERILATOR_ROOT OUTPUT_STRIP_TRAILING_WHITESPACE)
  set(VERILATOR_INCLUDE ${VERILATOR_ROOT}/include)
endif()
