#include "sim/run/report/report_figures.h"

#include <optional>

#include "sim/base/errors.h"
#include "sim/run/compare/comparison_report.h"
#include "sim/run/report/energy_svg.h"
#include "sim/run/report/report_document.h"
#include "sim/run/report/report_reader.h"
#include "sim/run/report/roofline_svg.h"
#include "sim/run/report/sweep_svg.h"

namespace lnsim {
namespace {

using Json = nlohmann::ordered_json;

std::vector<ReportFigure> run_figures(const Json& report, const std::string& file) {
  const auto [result, machine] = read_run(report, file);
  return {{"roofline", roofline_svg(result, machine)},
          {"energy_by_layer", energy_by_layer_svg(result, machine)},
          {"energy_flow", energy_flow_svg(result, machine)}};
}

std::vector<ReportFigure> comparison_figures(const Json& comparison, const std::string& file) {
  std::vector<ReportFigure> figures{
      {"energy_equal_lanes", comparison_svg(read_view(comparison, "equal_lanes", file), "equal lanes")}};
  if (!comparison.at("views").value("equal_area", Json()).is_null()) {
    figures.push_back({"energy_equal_area",
                       comparison_svg(read_view(comparison, "equal_area", file), "equal area of the lanes")});
  }
  return figures;
}

std::vector<ReportFigure> sweep_figures(const Json& sweep) {
  std::vector<ReportFigure> figures;
  if (sweep.at("objectives").size() >= 2) figures.push_back({"front", sweep_front_svg(sweep)});
  if (const std::optional<std::string> heat_map = sweep_heat_map_svg(sweep))
    figures.push_back({"heat_map", *heat_map});
  return figures;
}

}  // namespace

std::vector<ReportFigure> report_figures(const Json& document, const std::string& file) {
  switch (report_kind(document)) {
    case ReportKind::run:
      return run_figures(document, file);
    case ReportKind::comparison:
      return comparison_figures(document, file);
    case ReportKind::sweep:
      return sweep_figures(document);
  }
  throw ModelError("a report of no kind");
}

}  // namespace lnsim
