#include <fmt/format.h>

#include "sim/run/compare/datapath_name.h"
#include "sim/run/paper/paper_report.h"
#include "sim/run/report/csv.h"

namespace lnsim {
namespace {

using arith::DatapathKind;

struct Figure {
  std::string_view section;
  std::string name;
  DatapathKind datapath = DatapathKind::lns;
  std::string_view unit;
  std::optional<double> published;
  std::optional<double> ours;
  std::string_view confidence;
};

std::string row_of(const Figure& figure) {
  const auto number = [](const std::optional<double>& value) {
    return value ? fmt::format("{}", *value) : std::string();
  };
  std::string deviation;
  if (figure.published && figure.ours)
    deviation = fmt::format("{}", 100.0 * (*figure.ours / *figure.published - 1.0));
  return fmt::format("{},{},{},{},{},{},{},{}\n", figure.section, csv_field(figure.name),
                     datapath_name(figure.datapath), figure.unit, number(figure.published),
                     number(figure.ours), deviation, figure.confidence);
}

std::string_view confidence_of(const Provenance& from) {
  return kConfidenceNames[static_cast<std::size_t>(from.confidence)];
}

}  // namespace

std::string paper_csv(const PaperResult& result) {
  std::string csv = "section,name,datapath,unit,published,ours,deviation_percent,confidence\n";
  for (const IterationComparison& comparison : result.iterations) {
    for (const auto& [kind, printed] : comparison.row.energy_mj) {
      csv += row_of({"iteration", comparison.slots.workload, kind, "mJ", printed.value,
                     comparison.ours_mj.at(kind), confidence_of(comparison.row.from)});
    }
  }
  for (const GptRow& row : result.gpt) {
    for (const auto& [kind, joules] : row.joules)
      csv += row_of({"gpt", "gpt-" + row.size, kind, "J", std::nullopt, joules, ""});
  }
  for (const RatioRow& row : ratio_rows(result)) {
    csv += row_of({"ratio_operators", row.name, row.over, "ratio", row.published, row.operators,
                   confidence_of(row.from)});
    csv += row_of({"ratio_gates", row.name, row.over, "ratio", row.published, row.characterised,
                   confidence_of(row.from)});
  }
  for (const CarbonRow& row : result.carbon) {
    for (const auto& [kind, joules] : row.joules)
      csv += row_of({"carbon", row.of, kind, "kg", std::nullopt, result.carbon_inputs.kg(joules), ""});
  }
  return csv;
}

}  // namespace lnsim
