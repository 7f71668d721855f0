# Puts the report's page together (sim/run/report/page) and writes it as a C++ string.
#   cmake -DPAGE=folder -DCHART_LIBRARY=chart.min.js -DCHART_LICENCE=copyright -DOUT=file.cpp -P report_page.cmake
file(READ ${PAGE}/page.html LNSIM_PAGE)
file(READ ${PAGE}/page.css LNSIM_PAGE_STYLE)
file(READ ${CHART_LIBRARY} LNSIM_CHART_LIBRARY)
file(READ ${CHART_LICENCE} LNSIM_CHART_LICENCE)
file(GLOB scripts ${PAGE}/*.js)
foreach(script ${scripts})
  file(READ ${script} text)
  string(APPEND LNSIM_PAGE_SCRIPTS "${text}")
endforeach()
string(CONFIGURE "${LNSIM_PAGE}" LNSIM_PAGE @ONLY)
file(WRITE ${OUT} "#include \"sim/run/report/page_template.h\"\n\nnamespace lnsim {\n\nconst std::string_view kPageTemplate = R\"lnsim_page(${LNSIM_PAGE})lnsim_page\";\n\n}  // namespace lnsim\n")
