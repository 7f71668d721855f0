# The Verilated PE of the default machine, for bench_pe_rtl. Lanes are verilated once for all: flat, they would be a
# hundred times the code.
set(dir ${CMAKE_CURRENT_BINARY_DIR}/pe_default)
set(bench ${CMAKE_CURRENT_SOURCE_DIR}/bench)
set(table ${bench}/pe_default.models)
set(rtl ${CMAKE_SOURCE_DIR}/models/rtl)
file(GLOB rtl_sources CONFIGURE_DEPENDS ${rtl}/*.sv)
add_custom_command(
  OUTPUT ${dir}/Vpe_default_all.cpp
  BYPRODUCTS ${dir}/Vpe_default.h
  COMMAND ${CMAKE_COMMAND} -E rm -rf ${dir}
  COMMAND ${CMAKE_COMMAND} -E make_directory ${dir}
  COMMAND lockstep_tool defaults ${table} pe_default ${rtl} ${dir}/pe.sv
  COMMAND ${VERILATOR} --hierarchical --cc -O3 --x-assign fast --x-initial fast --prefix Vpe_default
          --top-module pe --Mdir ${dir} -y ${rtl} +libext+.sv ${bench}/blocks.vlt ${dir}/pe.sv
  COMMAND ${CMAKE_COMMAND} -Dfolder=${dir} -Doutput=${dir}/Vpe_default_all.cpp
          -P ${CMAKE_CURRENT_SOURCE_DIR}/lockstep/gather.cmake
  DEPENDS ${rtl_sources} ${table} ${bench}/blocks.vlt lockstep_tool
  COMMENT "Verilating the default PE"
  VERBATIM)
file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/models_pe_default.h
     CONTENT "#pragma once\n#include \"tests/lockstep/ports.h\"\n#include \"pe_default/Vpe_default.h\"\n" @ONLY)
add_library(pe_default STATIC ${dir}/Vpe_default_all.cpp ${VERILATOR_INCLUDE}/verilated.cpp
            ${VERILATOR_INCLUDE}/verilated_threads.cpp ${VERILATOR_INCLUDE}/verilated_dpi.cpp)
target_include_directories(pe_default SYSTEM PUBLIC ${CMAKE_CURRENT_BINARY_DIR} ${VERILATOR_INCLUDE} ${VERILATOR_INCLUDE}/vltstd)
target_compile_options(pe_default PRIVATE -O3 -w)
target_sources(bench_pe_rtl PRIVATE lockstep/pe_machine.cpp lockstep/lane_parameters.cpp lockstep/model_table.cpp
               ${CMAKE_SOURCE_DIR}/tools/characterise/verilog_tables.cpp)
target_link_libraries(bench_pe_rtl PRIVATE pe_default)
