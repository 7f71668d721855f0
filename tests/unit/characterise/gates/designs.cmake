# Netlists of small modules of models/rtl, synthesised for the tests of gates.
file(GLOB gate_rtl CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/models/rtl/*.sv)
set(gate_tests ${CMAKE_CURRENT_SOURCE_DIR}/unit/characterise/gates)
set(gate_designs ${CMAKE_CURRENT_BINARY_DIR}/gate_designs)
file(MAKE_DIRECTORY ${gate_designs})
set(gate_netlists)

function(gate_design top)
  add_custom_command(
    OUTPUT ${gate_designs}/${top}.json ${gate_designs}/${top}.v
    COMMAND ${gate_tests}/synthesise ${CMAKE_SOURCE_DIR}/models/rtl ${OSU018_LIBERTY} ${gate_designs}/${top} ${top} ${ARGN}
    DEPENDS ${gate_rtl} ${gate_tests}/synthesise ${gate_tests}/full_adder.v ${OSU018_LIBERTY}
    COMMENT "Synthesising ${top}"
    VERBATIM)
  set(gate_netlists ${gate_netlists} ${gate_designs}/${top}.json PARENT_SCOPE)
endfunction()

gate_design(int_dot V=4 B_A=4 B_B=4 SUM_BITS=10)
gate_design(lns_quantise SUM_BITS=12 B_OUT=6 QUANTISER_BITS=6)
# The constants of two bins: 256 and 256 sqrt(2), rounded, ten bits each.
gate_design(lns_lane V=2 B_A=5 B_B=5 LOG2_GAMMA_A=1 LOG2_GAMMA_B=1 LOG2_TABLE=1 LSB_OCTAVES=12 ACC_BITS=16 ENTRIES=2
            CONSTANTS=20'd370944)

add_custom_target(gate_netlists DEPENDS ${gate_netlists})
add_dependencies(unit_characterise_gates gate_netlists)
target_compile_definitions(unit_characterise_gates PRIVATE OSU018_LIBERTY="${OSU018_LIBERTY}"
                           GATE_DESIGNS="${gate_designs}")
