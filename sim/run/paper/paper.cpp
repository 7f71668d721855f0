#include "sim/run/paper/paper.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "sim/run/compare/comparison.h"
#include "sim/run/workload/workload.h"

namespace lnsim {
namespace {

using arith::DatapathKind;

constexpr unsigned kExactEntries = 8;  // the base factor of the published formats
constexpr double kFjPerMj = 1e12;

struct Machine {
  RunConfig config;
  std::filesystem::path path;

  explicit Machine(const std::filesystem::path& file) : config(read_run_config(file)), path(file) {}
  EnergyCosts costs(const RunConfig& of) const {
    return read_energy_table(path.parent_path() / of.energy_table, of.machine);
  }
};

// One iteration at batch 1 as published counts see it: without a head.
Workload workload_of(const std::string& name) {
  const auto models = workload_models();
  const auto model =
      std::find_if(models.begin(), models.end(), [&](const WorkloadModel& m) { return m.name == name; });
  WorkloadOptions options{.batch = 1};
  if (model != models.end() && model->input == Input::tokens) options.head = "none";
  return make_workload(name, options);
}

SlotCount count_slots(const std::string& name, const Machine& machine, const EnergyCosts& costs,
                      const IterationOptions& options, const Progress& progress) {
  const Workload workload = workload_of(name);
  const IterationResult result = run_iteration(workload.trace, machine.config, costs, options, progress);
  SlotCount slots{name, result.run.events[Event::datapath_mac], 3 * workload.totals.macs.front(), {}};
  for (const OperationResult& operation : result.operations) {
    const auto pass = static_cast<std::size_t>(operation.pass);
    if (pass < slots.padding.size()) slots.padding[pass] += operation.run.events[Event::datapath_idle_mac];
  }
  return slots;
}

IterationComparison compare_row(const PublishedIteration& row, const SlotCount& slots,
                                const std::map<DatapathKind, SlotConstant>& constants) {
  IterationComparison comparison{row, slots, {}, 0.0};
  double sharpest = 0.0;
  for (const auto& [kind, printed] : row.energy_mj) {
    const double fj = constants.at(kind).fj.value;
    comparison.ours_mj[kind] = static_cast<double>(slots.occupied()) * fj / kFjPerMj;
    const double digits = printed.value / (printed.interval().high - printed.value);
    if (digits <= sharpest) continue;
    sharpest = digits;
    comparison.implied_slots = printed.value * kFjPerMj / fj;
  }
  return comparison;
}

std::vector<GptRow> gpt_series(const std::map<DatapathKind, SlotConstant>& constants) {
  std::vector<GptRow> rows;
  for (const WorkloadModel& model : workload_models()) {
    if (model.name != "gpt") continue;
    for (const WorkloadSize& size : model.sizes) {
      const TraceTotals totals =
          make_workload("gpt", {.batch = 1, .size = std::string(size.name), .head = "none"}).totals;
      GptRow row{std::string(size.name), totals.updated_values, 0, {}};
      for (const std::uint64_t macs : totals.macs) row.macs += macs;
      for (const auto& [kind, constant] : constants)
        row.joules[kind] = static_cast<double>(row.macs) * constant.fj.value * 1e-15;
      rows.push_back(std::move(row));
    }
  }
  return rows;
}

std::map<DatapathKind, OperatorEnergies> operator_energies(const Machine& machine,
                                                           const std::set<DatapathKind>& kinds,
                                                           const IterationOptions& options,
                                                           const Progress& progress) {
  const Workload workload = workload_of("bert-base");
  std::map<DatapathKind, OperatorEnergies> energies;
  for (const DatapathKind kind : kinds) {
    const RunConfig config = config_with_datapath(machine.config, kind, SizesHeld::elements);
    const Energy energy =
        run_iteration(workload.trace, config, machine.costs(config), options, progress).energy;
    energies[kind] = {to_pj(energy.within(EnergyLevel::datapath)),
                      to_pj(energy.within(EnergyLevel::processing_element))};
  }
  return energies;
}

std::map<unsigned, double> operator_conversion(const Machine& machine, const Published& published) {
  std::map<unsigned, double> costs;
  for (const auto& [entries, figure] : published.conversion_fj_per_op) {
    RunConfig config = machine.config;
    config.machine.datapath.table_entries = entries;
    costs[entries] = machine.costs(config).pj(Event::datapath_mac);
  }
  return costs;
}

// One image is an iteration.
std::vector<CarbonRow> carbon_rows(const PaperResult& result) {
  std::vector<CarbonRow> rows;
  const double iterations = result.carbon_inputs.iterations();
  for (const IterationComparison& comparison : result.iterations) {
    if (comparison.row.name != result.published.carbon_network) continue;
    if (rows.empty()) {
      CarbonRow row{"published", {}};
      for (const auto& [kind, printed] : comparison.row.energy_mj)
        row.joules[kind] = printed.value * 1e-3 * iterations;
      rows.push_back(std::move(row));
    }
    CarbonRow row{comparison.slots.workload, {}};
    for (const auto& [kind, mj] : comparison.ours_mj) row.joules[kind] = mj * 1e-3 * iterations;
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace

std::optional<double> IterationComparison::explained() const {
  const double beyond = implied_slots - static_cast<double>(slots.macs);
  if (beyond <= 0.0) return std::nullopt;
  return static_cast<double>(slots.occupied() - slots.macs) / beyond;
}

double CarbonRow::saved_percent() const {
  return 100.0 * (1.0 - joules.at(DatapathKind::lns) / joules.at(DatapathKind::fp32));
}

std::optional<double> PaperResult::constant_ratio(DatapathKind over) const {
  const auto found = constants.find(over);
  if (found == constants.end()) return std::nullopt;
  return found->second.fj.value / constants.at(DatapathKind::lns).fj.value;
}

std::optional<double> PaperResult::operator_ratio(DatapathKind over, EnergyLevel level) const {
  const auto found = operators.find(over);
  if (found == operators.end()) return std::nullopt;
  const OperatorEnergies& lns = operators.at(DatapathKind::lns);
  return level == EnergyLevel::datapath ? found->second.datapath / lns.datapath
                                        : found->second.processing_element / lns.processing_element;
}

std::optional<double> PaperResult::characterised_ratio(DatapathKind over) const {
  if (!characterisation) return std::nullopt;
  const CharacterisedDatapath* lns = characterisation->find(DatapathKind::lns, kExactEntries);
  const CharacterisedDatapath* other = characterisation->find(over, kExactEntries);
  if (lns == nullptr || other == nullptr || lns->fj_per_mac() <= 0.0) return std::nullopt;
  return other->fj_per_mac() / lns->fj_per_mac();
}

PaperResult compute_paper(const PaperFiles& files, unsigned jobs, const Progress& progress) {
  PaperResult result;
  result.published = read_published(files.published);
  result.carbon_inputs = read_carbon(files.carbon);
  if (!files.characterisation.empty())
    result.characterisation = read_characterisation(files.characterisation);
  const Machine pe_level(files.pe_level);
  const Machine operators(files.operators);
  const IterationOptions options{.values = Values::shapes_only, .jobs = jobs};

  std::map<std::string, SlotCount> slots;
  std::map<std::string, std::uint64_t> occupied;
  const EnergyCosts costs = pe_level.costs(pe_level.config);
  for (const PublishedIteration& row : result.published.iterations) {
    for (const std::string& workload : row.workloads) {
      if (slots.count(workload) != 0) continue;
      slots[workload] = count_slots(workload, pe_level, costs, options, progress);
      occupied[workload] = slots[workload].occupied();
    }
  }
  result.constants = fit_constants(result.published, occupied, files.published);
  std::set<DatapathKind> kinds{DatapathKind::lns};
  for (auto& [kind, constant] : result.constants) {
    kinds.insert(kind);
    const RunConfig config = config_with_datapath(pe_level.config, kind, SizesHeld::elements);
    constant.preset_fj = pe_level.costs(config).pj(Event::datapath_mac) * 1e3;
  }
  for (const PublishedClaim& claim : result.published.claims) kinds.insert(claim.over);
  for (const PublishedIteration& row : result.published.iterations) {
    for (const std::string& workload : row.workloads)
      result.iterations.push_back(compare_row(row, slots.at(workload), result.constants));
  }
  result.gpt = gpt_series(result.constants);
  result.operators = operator_energies(operators, kinds, options, progress);
  result.operator_conversion_pj = operator_conversion(operators, result.published);
  result.carbon = carbon_rows(result);
  return result;
}

}  // namespace lnsim
