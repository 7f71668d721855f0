# One source file that includes all that Verilator wrote for a model, and for blocks of it that were verilated by
# themselves, whose names are not known in advance.
file(GLOB parts ${folder}/*.cpp ${folder}/V*/*.cpp)
set(text "")
foreach(part ${parts})
  string(APPEND text "#include \"${part}\"\n")
endforeach()
file(WRITE ${output} "${text}")
