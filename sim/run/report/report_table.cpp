#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <map>
#include <utility>

#include "sim/run/report/bottleneck.h"
#include "sim/run/report/omissions.h"
#include "sim/run/report/report.h"
#include "sim/run/report/report_switching.h"
#include "sim/run/report/text_table.h"

namespace lnsim {
namespace {

// The columns of cycles: forward, input gradient, weight gradient, update. The single backward pass of an
// operator without a product computes the gradient of its input.
constexpr std::size_t kPassColumns = 4;
constexpr std::array<std::size_t, kPassNames.size()> kColumnOfPass{0, 1, 2, 1, 3};

// One printed row: a layer with its passes, or all operators of a kind.
struct Row {
  std::string name;
  std::string op;
  std::uint64_t operations = 0;
  std::uint64_t macs = 0;
  RunResult run;
  Energy energy;
  BoundCycles bound;
  std::array<BoundCycles, kPassColumns> bound_of_pass{};
  std::array<std::optional<double>, kPassNames.size()> sqnr_of_pass{};

  void add(const OperationResult& operation, const AcceleratorParameters& machine) {
    ++operations;
    macs += operation.macs;
    run += operation.run;
    energy += operation.energy;
    bound.add(operation.run, machine);
    const auto pass = static_cast<std::size_t>(operation.pass);
    bound_of_pass[kColumnOfPass[pass]].add(operation.run, machine);
    if (operation.numeric && operation.numeric->sums) sqnr_of_pass[pass] = operation.numeric->sums->sqnr_db;
  }
};

bool has_product(const OperationResult& operation) {
  return operation.macs != 0;
}

// Rows in order of first appearance. A weight update joins the row of its layer where that has one.
std::vector<Row> rows_of(const IterationResult& result, const AcceleratorParameters& machine,
                         TableRows which) {
  std::map<std::string, bool> layer_has_product;
  for (const OperationResult& operation : result.operations)
    layer_has_product[operation.layer] |= has_product(operation);

  std::vector<Row> rows;
  std::map<std::string, std::size_t> index;
  for (const OperationResult& operation : result.operations) {
    const bool by_layer = which == TableRows::all || layer_has_product[operation.layer];
    const std::string key = by_layer ? "layer " + operation.layer : "operator " + operation.op;
    const auto [found, is_new] = index.try_emplace(key, rows.size());
    if (is_new) {
      Row& row = rows.emplace_back();
      row.name = by_layer ? operation.layer : "(all)";
      row.op = operation.op;
    }
    rows[found->second].add(operation, machine);
  }
  std::stable_partition(rows.begin(), rows.end(), [](const Row& row) { return row.macs != 0; });
  return rows;
}

std::string percent(double part, double whole) {
  return whole > 0 ? fmt::format("{:.1f}", 100.0 * part / whole) : "";
}

std::string count_or_blank(std::uint64_t value) {
  return value == 0 ? "" : grouped(value);
}

// What bounds most cycles of a row, with their share: `dram 74%`, `dram latency 74%`.
std::string bottleneck_cell(const BoundCycles& cycles) {
  const std::optional<Bound> bound = cycles.main();
  if (!bound) return "";
  const std::string_view latency = bound->bottleneck.by == BoundBy::latency ? " latency" : "";
  return fmt::format("{}{} {:.0f}%", bound->bottleneck.of, latency, 100.0 * bound->share);
}

// Cycles with the letter of what bounds most of them.
std::string cycles_cell(const BoundCycles& cycles) {
  const std::optional<Bound> bound = cycles.main();
  return bound ? fmt::format("{} {}", grouped(cycles.total()), bound->bottleneck.mark()) : "";
}

std::string fj_per_mac(const Energy& energy, std::uint64_t macs) {
  return macs == 0 ? "" : fmt::format("{:.1f}", to_pj(energy.total()) * 1000.0 / static_cast<double>(macs));
}

std::string sqnr(const std::optional<double>& decibel) {
  return decibel ? fmt::format("{:.1f}", *decibel) : "";
}

std::vector<std::string> header(bool numeric) {
  std::vector<std::string> cells{"layer",    "operator",  "bottleneck", "MACs",    "forward",
                                 "grad. in", "grad. wt",  "update",     "util. %", "roof %",
                                 "MACs/B",   "energy uJ", "fJ/MAC"};
  if (numeric) cells.insert(cells.end(), {"dB forward", "grad. in", "grad. wt"});
  return cells;
}

std::vector<std::string> cells_of(const Row& row, const AcceleratorParameters& machine, bool numeric) {
  const std::string name = row.name == "(all)" ? fmt::format("({} passes)", row.operations) : row.name;
  std::vector<std::string> cells{name, row.op, bottleneck_cell(row.bound), count_or_blank(row.macs)};
  for (const BoundCycles& cycles : row.bound_of_pass) cells.push_back(cycles_cell(cycles));
  const std::optional<RooflinePoint> point = roofline_point(row.run, machine);
  cells.push_back(row.macs == 0 ? "" : fmt::format("{:.1f}", 100.0 * utilisation(row.run, machine.pe)));
  cells.push_back(point ? percent(point->macs_per_cycle, point->attainable_macs_per_cycle) : "");
  cells.push_back(point ? fmt::format("{:.1f}", point->macs_per_dram_byte) : "");
  cells.push_back(fmt::format("{:.3f}", to_pj(row.energy.total()) * 1e-6));
  cells.push_back(fj_per_mac(row.energy, row.macs));
  if (numeric) {
    for (const Pass pass : {Pass::forward, Pass::input_gradient, Pass::weight_gradient}) {
      cells.push_back(sqnr(row.sqnr_of_pass[static_cast<std::size_t>(pass)]));
    }
  }
  return cells;
}

// The joules by how their costs came to be, and how far off they may be.
std::string confidence_summary(const Energy& energy, const EnergyCosts& costs) {
  std::string text = "Energy by basis of the costs, the surest first\n";
  const auto sums = by_basis(energy, costs);
  for (std::size_t i = 0; i < sums.size(); ++i) {
    if (sums[i] == 0) continue;
    text += fmt::format("  {:<14} {:>10}J  {:>5} %\n", kBasisNames[i], with_prefix(to_pj(sums[i]) * 1e-12),
                        percent(static_cast<double>(sums[i]), static_cast<double>(energy.total())));
  }
  const EnergyRange range = range_of(energy, costs);
  if (range.low_pj < range.high_pj) {
    text += fmt::format("  within the stated uncertainties: {}J to {}J\n", with_prefix(range.low_pj * 1e-12),
                        with_prefix(range.high_pj * 1e-12));
  }
  return text;
}

std::string energy_summary(const IterationResult& result, const EnergyCosts& costs) {
  const double total = static_cast<double>(result.energy.total());
  std::string text = fmt::format("\nEnergy by component, costs from \"{}\"\n", costs.table);
  text += wrapped(costs.conditions, "  ");
  if (!costs.scaling.empty()) text += wrapped(costs.scaling, "  ");
  for (const auto& [component, quanta] : result.energy.by_component()) {
    if (quanta == 0) continue;
    text += fmt::format("  {:<14} {:>10}J  {:>5} %\n", component, with_prefix(to_pj(quanta) * 1e-12),
                        percent(static_cast<double>(quanta), total));
  }
  const auto level = [&](std::string_view name, EnergyLevel which) {
    const Energy& energy = result.energy;
    const double pj = to_pj(energy.within(which));
    text += fmt::format("  {:<20} {:>10}J  {:>8.1f} fJ per MAC\n", name, with_prefix(pj * 1e-12),
                        result.macs == 0 ? 0.0 : pj * 1000.0 / static_cast<double>(result.macs));
  };
  text += "Energy by accounting level (each includes the ones above it)\n";
  level("datapath only", EnergyLevel::datapath);
  level("processing elements", EnergyLevel::processing_element);
  level("system", EnergyLevel::system);
  return text + switching_summary(result.energy, result.run.events[Event::datapath_mac], costs) +
         confidence_summary(result.energy, costs);
}

// What the letters behind cycles mean, for those that occur.
std::string legend(const BoundCycles& bound) {
  std::string text = "Letters: what bounds a pass.";
  for (const auto& [bottleneck, cycles] : bound.by_bottleneck())
    text += fmt::format(" {} {},", bottleneck.mark(), bottleneck.name());
  text.back() = '.';
  return wrapped(text, "");
}

// The cycles of all passes, by what bounds each of them.
std::string bottleneck_summary(const BoundCycles& bound) {
  std::vector<std::pair<Bottleneck, std::uint64_t>> rows(bound.by_bottleneck().begin(),
                                                         bound.by_bottleneck().end());
  std::stable_sort(rows.begin(), rows.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  std::string text = "\nCycles of the passes by what bounds them\n";
  for (const auto& [bottleneck, cycles] : rows) {
    text += fmt::format("  {:<24} {:>15}  {:>5} %\n", bottleneck.name(), grouped(cycles),
                        percent(static_cast<double>(cycles), static_cast<double>(bound.total())));
  }
  return text;
}

std::string cycle_summary(const IterationResult& result, const RunConfig& config) {
  std::string text = "\nCycles by cause\n";
  for (std::size_t i = 0; i < kCauseCount; ++i) {
    text += fmt::format(
        "  {:<14} {:>15}  {:>5} %\n", kCauseNames[i], grouped(result.run.cycles_by_cause[i]),
        percent(static_cast<double>(result.run.cycles_by_cause[i]), static_cast<double>(result.run.cycles)));
  }
  const double seconds = static_cast<double>(result.run.cycles) / (config.machine.clock.frequency_ghz * 1e9);
  const EventCounts& events = result.run.events;
  const std::string what =
      result.sample ? "A sample of the iteration in " + result.sample->of : "One iteration";
  text += fmt::format("{} on {}: {} cycles, {}s at {} GHz, {} MACs, {:.1f} % of the multiplier slots used\n",
                      what, config.machine.name, grouped(result.run.cycles), with_prefix(seconds),
                      config.machine.clock.frequency_ghz, grouped(result.macs),
                      100.0 * utilisation(result.run, config.machine.pe));
  text += fmt::format("DRAM: {}B read, {}B written\n",
                      with_prefix(static_cast<double>(events[Event::dram_read_byte])),
                      with_prefix(static_cast<double>(events[Event::dram_write_byte])));
  return text;
}

// How many new weights of the recorded updates equal the recorded ones, code by code.
std::string update_summary(const IterationResult& result) {
  std::uint64_t weights = 0;
  std::uint64_t differing = 0;
  for (const OperationResult& operation : result.operations) {
    if (operation.update_of_other_rule) {
      return fmt::format(
          "Weight updates were recorded with {}, which is not the rule of this machine: values not "
          "replayed\n",
          *operation.update_of_other_rule);
    }
    if (!operation.update || !operation.update->differing_codes) continue;
    weights += operation.update->counts.values;
    differing += *operation.update->differing_codes;
  }
  if (weights == 0) return {};
  return fmt::format("Recorded weight updates: {} of {} new weights equal the recorded ones\n",
                     grouped(weights - differing), grouped(weights));
}

// What gating slots with a zero operand saves.
std::string gating_summary(const IterationResult& result) {
  if (!result.zero_gating) return {};
  const ZeroGatingResult& gating = *result.zero_gating;
  const double without = to_pj(gating.quanta_without), with = to_pj(gating.quanta_with);
  return fmt::format(
      "\nMultiplier slots gated by a zero operand, in products of recorded values; cycles as without\n"
      "  gated {} of {} slots, {:.1f} %\n"
      "  energy of these products {}J instead of {}J, {} % less\n",
      grouped(gating.gated), grouped(gating.slots()), 100.0 * gating.share(), with_prefix(with * 1e-12),
      with_prefix(without * 1e-12), percent(without - with, without));
}

// What the arithmetic lost over all operations with recorded values.
std::string loss_summary(const IterationResult& result) {
  const arith::DotCounts& dots = result.run.dot_counts;
  if (dots.products == 0) return {};
  const auto line = [&](std::string_view name, std::uint64_t count) {
    return fmt::format("  {:<28} {:>15}  {:>8.4f} %\n", name, grouped(count),
                       100.0 * static_cast<double>(count) / static_cast<double>(dots.products));
  };
  return "\nProducts of recorded values\n" + line("products", dots.products) +
         line("with a zero operand", dots.zero_products) +
         line("below the accumulator's LSB", dots.lost_products) +
         line("accumulations saturated", dots.saturations);
}

}  // namespace

std::string report_table(const IterationResult& result, const RunConfig& config, const EnergyCosts& costs,
                         TableRows rows) {
  const bool numeric =
      std::any_of(result.operations.begin(), result.operations.end(),
                  [](const OperationResult& operation) { return operation.numeric.has_value(); });
  TextTable table(header(numeric), 3);
  Row total;
  total.name = "total";
  for (const OperationResult& operation : result.operations) total.add(operation, config.machine);
  total.sqnr_of_pass = {};
  bool rule_drawn = false;
  for (const Row& row : rows_of(result, config.machine, rows)) {
    if (row.macs == 0 && !rule_drawn) {
      table.add_rule();
      rule_drawn = true;
    }
    table.add(cells_of(row, config.machine, numeric));
  }
  table.add_rule();
  table.add(cells_of(total, config.machine, numeric));

  std::string text =
      "Cycles by layer and pass; utilisation of the multipliers; MACs per cycle of those the roofline "
      "allows; "
      "MACs per byte of DRAM traffic; energy of the system";
  text += numeric ? "; SQNR of the sums against the recorded results\n" : "\n";
  text = wrapped(text, "") + legend(total.bound) + table.str();
  text += bottleneck_summary(total.bound) + cycle_summary(result, config) + energy_summary(result, costs) +
          gating_summary(result) + loss_summary(result) + update_summary(result);
  text += "\nLeft out of the model\n";
  for (const std::string_view line : omissions(result.chained))
    text += wrapped("- " + std::string(line), "  ");
  return text;
}

}  // namespace lnsim
