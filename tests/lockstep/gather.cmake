# One source file that includes all that Verilator wrote for a model, whose names are not known in advance.
file(GLOB parts ${folder}/*.cpp)
set(text "")
foreach(part ${parts})
  string(APPEND text "#include \"${part}\"\n")
endforeach()
file(WRITE ${output} "${text}")
