#include "sim/run/report/numeric_table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

#include "sim/run/report/csv.h"
#include "sim/run/report/text_table.h"

namespace lnsim {
namespace {

std::uint64_t underflowed(const OperandReport& operand) {
  return operand.counts.underflow_clamped + operand.counts.underflow_flushed;
}

std::string_view from(const OperandOrigin& origin) {
  return origin.simulated ? "simulated" : "recorded";
}

// Of operand `name`; empty where there is no chain.
std::string origin_of(const OperationResult& operation, std::string_view name) {
  const auto found = std::find_if(operation.origins.begin(), operation.origins.end(),
                                  [&](const OperandOrigin& origin) { return origin.operand == name; });
  return found == operation.origins.end() ? "" : std::string(from(*found));
}

std::string decibel(const std::optional<ErrorFigures>& figures) {
  if (!figures || !figures->sqnr_db) return "";
  return fmt::format("{:.1f}", *figures->sqnr_db);
}

std::string percent(const std::optional<double>& part) {
  return part ? fmt::format("{:.3g}", 100.0 * *part) : "";
}

std::string pass_name(const OperationResult& operation) {
  return std::string(kPassNames[static_cast<std::size_t>(operation.pass)]);
}

std::string product_rows(const IterationResult& result) {
  TextTable table({"layer", "pass", "a", "b", "dB", "max error %", "sums sat.", "outputs sat.",
                   "products lost", "operands underfl.", "sign flips"},
                  4);
  bool any = false;
  for (const OperationResult& operation : result.operations) {
    if (!operation.numeric) continue;
    any = true;
    const NumericReport& numeric = *operation.numeric;
    table.add({operation.layer, pass_name(operation), origin_of(operation, "a"), origin_of(operation, "b"),
               decibel(numeric.sums), numeric.sums ? percent(numeric.sums->relative_max_error()) : "",
               grouped(numeric.dot.saturations), grouped(numeric.output.counts.saturated),
               grouped(numeric.dot.lost_products), grouped(underflowed(numeric.a) + underflowed(numeric.b)),
               numeric.sums ? grouped(numeric.sums->sign_flips) : ""});
  }
  if (!any) return {};
  return "\nNumeric error by pass: the sums against the recorded results\n" + table.str();
}

std::string update_rows(const IterationResult& result) {
  TextTable table({"layer", "gradient", "new weights", "codes that differ", "largest distance, codes",
                   "largest error", "against next step", "saturated", "underflowed"},
                  2);
  bool any = false;
  for (const OperationResult& operation : result.operations) {
    if (!operation.update || !operation.update->differing_codes) continue;
    any = true;
    const UpdateReport& update = *operation.update;
    table.add({operation.layer, origin_of(operation, "dw"), grouped(update.counts.values),
               grouped(*update.differing_codes), grouped(*update.max_code_distance),
               fmt::format("{:.3g}", update.weights->max_error),
               update.next_step ? fmt::format("{:.3g}", update.next_step->max_error) : "",
               grouped(update.counts.saturated), grouped(update.counts.underflowed)});
  }
  if (!any) return {};
  return "\nNew weights against the recorded ones\n" + table.str();
}

// The recorded operands of a chain, by the reason.
std::string breaks(const IterationResult& result) {
  std::map<std::string, std::vector<std::string>> tensors;
  for (const OperationResult& operation : result.operations) {
    for (const OperandOrigin& origin : operation.origins) {
      std::vector<std::string>& known = tensors[origin.because];
      if (std::find(known.begin(), known.end(), origin.tensor) == known.end()) known.push_back(origin.tensor);
    }
  }
  tensors.erase("");
  if (!result.chained) return {};
  std::string text = "\nOperands that the chain took from the recording, and why\n";
  for (const auto& [because, names] : tensors)
    text += wrapped(fmt::format("{}: {}", because, fmt::join(names, ", ")), "  ");
  return text;
}

std::string cuts(const IterationResult& result) {
  if (!result.chained) return {};
  if (result.cuts.empty()) return "\nThe chain was not cut: between the products every value was followed.\n";
  std::map<std::string, std::vector<std::string>> places;
  for (const ChainCut& cut : result.cuts) places[cut.because].push_back(cut.at);
  std::string text =
      fmt::format("\nThe chain was cut at {} places, and went on from recorded values\n", result.cuts.size());
  for (const auto& [because, at] : places)
    text += wrapped(fmt::format("{}: {}", because, fmt::join(at, ", ")), "  ");
  return text;
}

std::string field(const std::optional<double>& value) {
  return value ? fmt::format("{}", *value) : "";
}

std::string figure_fields(const std::optional<ErrorFigures>& figures) {
  if (!figures) return ",,,,,";
  return fmt::format(",{},{},{},{},{}", field(figures->sqnr_db), figures->max_error,
                     field(figures->relative_max_error()), figures->differing, figures->sign_flips);
}

}  // namespace

std::string numeric_table(const IterationResult& result) {
  return product_rows(result) + update_rows(result) + breaks(result) + cuts(result);
}

std::string numeric_csv(const IterationResult& result) {
  std::string csv =
      "layer,operator,pass,operand_a_from,operand_b_from,gradient_from,sqnr_db,max_error,relative_max_error,"
      "differing_values,sign_flips,saturated_sums,saturated_outputs,products,zero_products,lost_products,"
      "underflowed_operands,new_weights,differing_codes,max_distance_codes\n";
  for (const OperationResult& operation : result.operations) {
    if (!operation.numeric && !operation.update) continue;
    csv += fmt::format("{},{},{},{},{},{}", csv_field(operation.layer), csv_field(operation.op),
                       pass_name(operation), origin_of(operation, "a"), origin_of(operation, "b"),
                       origin_of(operation, "dw"));
    if (operation.numeric) {
      const NumericReport& numeric = *operation.numeric;
      csv += figure_fields(numeric.sums);
      csv += fmt::format(",{},{},{},{},{},{},,,\n", numeric.dot.saturations, numeric.output.counts.saturated,
                         numeric.dot.products, numeric.dot.zero_products, numeric.dot.lost_products,
                         underflowed(numeric.a) + underflowed(numeric.b));
    } else {
      const UpdateReport& update = *operation.update;
      csv += figure_fields(update.weights);
      csv += fmt::format(",,{},,,,{},{},{},{}\n", update.counts.saturated, update.counts.underflowed,
                         update.counts.values,
                         update.differing_codes ? fmt::format("{}", *update.differing_codes) : "",
                         update.max_code_distance ? fmt::format("{}", *update.max_code_distance) : "");
    }
  }
  return csv;
}

}  // namespace lnsim
