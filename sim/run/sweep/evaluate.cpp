#include "sim/run/sweep/evaluate.h"

#include <fmt/format.h>

#include <array>
#include <exception>

#include "sim/base/effective_config.h"
#include "sim/base/errors.h"
#include "sim/run/config/effective_config.h"
#include "sim/run/iteration.h"
#include "sim/run/report/provenance.h"
#include "sim/run/trace_tools/statistics.h"

namespace lnsim {
namespace {

// Names and places of files say nothing about results.
std::string config_text(RunConfig config) {
  config.machine.name = "";
  config.energy_table = "";
  return effective_config(config).dump();
}

const Progress& silent() {
  static const Progress kSilent = [](std::size_t, std::size_t, const std::string&) {};
  return kSilent;
}

// The machine whose arithmetic a point has.
RunConfig numeric_machine(const RunConfig& base, const RunConfig& point) {
  RunConfig config = base;
  config.machine.datapath = point.machine.datapath;
  config.machine.formats = point.machine.formats;
  config.machine.optimizer = point.machine.optimizer;
  config.machine.pe.vector_size = point.machine.pe.vector_size;
  config.machine.pe.packing = point.machine.pe.packing;
  return config;
}

void add_products(const IterationResult& result, Metrics& metrics) {
  std::array<MeanSqnr, 3> passes;  // forward, input gradient, weight gradient
  arith::DotCounts dot;
  for (const OperationResult& operation : result.operations) {
    if (!operation.numeric) continue;
    dot += operation.numeric->dot;
    if (operation.numeric->sums)
      passes.at(static_cast<std::size_t>(operation.pass)).add(*operation.numeric->sums);
  }
  at(metrics, Metric::forward_sqnr_db) = passes[0].db();
  at(metrics, Metric::input_gradient_sqnr_db) = passes[1].db();
  at(metrics, Metric::weight_gradient_sqnr_db) = passes[2].db();
  if (dot.products > 0)
    at(metrics, Metric::lost_products) =
        static_cast<double>(dot.lost_products) / static_cast<double>(dot.products);
  at(metrics, Metric::saturations) = static_cast<double>(dot.saturations);
}

constexpr std::array kAdditiveMetrics{Metric::macs,
                                      Metric::cycles,
                                      Metric::time_s,
                                      Metric::energy_pj,
                                      Metric::processing_element_energy_pj,
                                      Metric::datapath_energy_pj,
                                      Metric::dram_bytes};

void add_to(std::optional<double>& sum, double value) {
  sum = sum.value_or(0.0) + value;
}

}  // namespace

Evaluator::Evaluator(const SweepInputs& inputs, ResultStore& store) : inputs_(inputs), store_(store) {
  for (const SweepTrace& trace : inputs.traces) {
    known_[trace.hash];
    estimated_[trace.hash];
  }
  if (inputs.operands) known_[inputs.operands->hash];
}

std::shared_ptr<const Evaluator::Table> Evaluator::table(const std::filesystem::path& path) {
  return tables_.get(path.string(), [&] {
    const EnergyTable table(path);
    std::string hashes;
    for (const auto& file : table.paths()) hashes += file_hash(file);
    return std::shared_ptr<const Table>(std::make_shared<Table>(Table{table, text_hash(hashes)}));
  });
}

Evaluator::Totals Evaluator::totals(const SweepTrace& trace, const RunConfig& config,
                                    const EnergyCosts& costs, Timing timing) {
  Totals totals;
  if (timing == Timing::estimated) {
    const IterationEstimate estimate =
        estimate_iteration(trace.trace, config, costs, estimated_.at(trace.hash));
    totals = {estimate.macs, estimate.run, estimate.energy};
  } else {
    const IterationOptions options{.values = Values::shapes_only, .known = &known_.at(trace.hash), .jobs = 1};
    const IterationResult iteration = run_iteration(trace.trace, config, costs, options, silent());
    totals = {iteration.macs, iteration.run, iteration.energy};
  }
  return totals;
}

SweepResult Evaluator::by_shapes(const SweepTrace& trace, const RunConfig& config, const EnergyCosts& costs,
                                 const std::string& costs_hash, Timing timing) {
  const std::string key =
      text_hash(fmt::format("{}\n{}\n{}\n{}\n{}", timing == Timing::estimated ? "estimates" : "shapes",
                            inputs_.program, config_text(config), costs_hash, trace.hash));
  if (auto known = store_.result(key)) return *known;
  const auto [macs, run, energy] = totals(trace, config, costs, timing);
  SweepResult result;
  const auto set = [&](Metric metric, double value) { at(result.metrics, metric) = value; };
  set(Metric::macs, static_cast<double>(macs));
  set(Metric::cycles, static_cast<double>(run.cycles));
  set(Metric::time_s, static_cast<double>(run.cycles) / (config.machine.clock.frequency_ghz * 1e9));
  set(Metric::energy_pj, to_pj(energy.total()));
  set(Metric::processing_element_energy_pj, to_pj(energy.within(EnergyLevel::processing_element)));
  set(Metric::datapath_energy_pj, to_pj(energy.within(EnergyLevel::datapath)));
  set(Metric::dram_bytes,
      static_cast<double>(run.events[Event::dram_read_byte] + run.events[Event::dram_write_byte]));
  set(Metric::utilisation, utilisation(run, config.machine.pe));
  for (const auto& [component, quanta] : energy.by_component())
    result.energy_pj_by_component[component] = to_pj(quanta);
  store_.add_result(key, result);
  return result;
}

std::shared_ptr<const Evaluator::Rounding> Evaluator::rounding(const SweepTrace& trace,
                                                               const arith::FormatParameters& format) {
  arith::FormatParameters described = format;
  const std::string key = EffectiveConfigWriter::written(described).dump();
  return roundings_.get(key, [&] {
    auto rounding = std::make_shared<Rounding>();
    for (const StatisticsRow& row : trace_statistics(trace.trace, {&format, 1}, silent()).roles)
      (*rounding)[static_cast<std::size_t>(row.role)] = row.fits.front().mean_db().value_or(kExactDb);
    return std::shared_ptr<const Rounding>(std::move(rounding));
  });
}

SweepResult Evaluator::in_numbers(const SweepTrace& trace, const RunConfig& config,
                                  const EnergyCosts& costs) {
  const RunConfig machine = numeric_machine(inputs_.base, config);
  const std::string key =
      text_hash(fmt::format("numbers\n{}\n{}\n{}", inputs_.program, config_text(machine), trace.hash));
  if (auto known = store_.result(key)) return *known;
  return numbers_.get(key, [&] {
    SweepResult result;
    const IterationOptions options{
        .values = Values::when_recorded, .known = &known_.at(trace.hash), .jobs = 1};
    add_products(run_iteration(trace.trace, machine, costs, options, silent()), result.metrics);
    const FormatsParameters& formats = machine.machine.formats;
    const auto add_rounding = [&](Metric metric, TensorRole role, const arith::FormatParameters& format) {
      at(result.metrics, metric) = (*rounding(trace, format))[static_cast<std::size_t>(role)];
    };
    add_rounding(Metric::weight_sqnr_db, TensorRole::weight, formats.weight);
    add_rounding(Metric::activation_sqnr_db, TensorRole::activation, formats.activation);
    add_rounding(Metric::error_sqnr_db, TensorRole::error, formats.error);
    add_rounding(Metric::gradient_sqnr_db, TensorRole::gradient, formats.gradient);
    store_.add_result(key, result);
    return result;
  });
}

SweepResult Evaluator::evaluated(const RunConfig& config, const std::filesystem::path& folder,
                                 Timing timing) {
  const std::shared_ptr<const Table> table = this->table(folder / config.energy_table);
  const EnergyCosts costs = table->table.costs_of(config.machine);
  SweepResult sum;
  Metrics& all = sum.metrics;
  double useful_cycles = 0.0;
  for (const SweepTrace& trace : inputs_.traces) {
    const SweepResult one = by_shapes(trace, config, costs, table->hash, timing);
    for (const Metric metric : kAdditiveMetrics) add_to(at(all, metric), *at(one.metrics, metric));
    useful_cycles += *at(one.metrics, Metric::cycles) * *at(one.metrics, Metric::utilisation);
    for (const auto& [component, pj] : one.energy_pj_by_component)
      sum.energy_pj_by_component[component] += pj;
  }
  const double cycles = *at(all, Metric::cycles);
  at(all, Metric::utilisation) = cycles > 0.0 ? useful_cycles / cycles : 0.0;
  at(all, Metric::energy_delay_pj_s) = *at(all, Metric::energy_pj) * *at(all, Metric::time_s);
  if (inputs_.areas) at(all, Metric::lanes_um2) = lanes_um2(config.machine, *inputs_.areas);
  if (inputs_.operands) {
    const SweepResult numbers = in_numbers(*inputs_.operands, config, costs);
    for (std::size_t i = 0; i < kMetricCount; ++i)
      if (numbers.metrics[i]) all[i] = numbers.metrics[i];
  }
  return sum;
}

SweepResult Evaluator::evaluate(const RunConfig& config, const std::filesystem::path& folder, Timing timing) {
  try {
    return evaluated(config, folder, timing);
  } catch (const UserError& error) {
    return {error.what(), {}, {}};
  } catch (const ModelError& error) {
    return {fmt::format("the model broke a promise: {}", error.what()), {}, {}};
  }
}

}  // namespace lnsim
