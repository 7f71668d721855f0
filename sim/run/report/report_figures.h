// The pictures of a report as files for papers.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace lnsim {

struct ReportFigure {
  std::string name;  // of the file, without extension
  std::string svg;
};

// Of a document that check_report_document accepts and that stands in `file`. Of runs and comparisons they
// are those that lnsim run --out and lnsim compare --out write; of sweeps the front (with two objectives or
// more) and the heat map (sweep_svg.h). Throws UserError where the document has not all that they
// need.
std::vector<ReportFigure> report_figures(const nlohmann::ordered_json& document, const std::string& file);

}  // namespace lnsim
