#include "tools/characterise/simulate_stream.h"

#include <cmath>

#include "tools/characterise/gates/gate_simulation.h"

namespace lnsim::characterise {

CycleEnergy& CycleEnergy::operator+=(const CycleEnergy& o) {
  combinational_fj += o.combinational_fj;
  sequential_fj += o.sequential_fj;
  clock_fj += o.clock_fj;
  leakage_fj += o.leakage_fj;
  return *this;
}

CycleEnergy CycleEnergy::times(double factor) const {
  return {combinational_fj * factor, sequential_fj * factor, clock_fj * factor, leakage_fj * factor};
}

namespace {

// Of a cycle among `cycles`.
std::array<double, arith::kSwitchingCount> means(const arith::SwitchingCounts& before,
                                                 const arith::SwitchingCounts& after, unsigned cycles) {
  std::array<double, arith::kSwitchingCount> result{};
  for (std::size_t i = 0; i < result.size(); ++i)
    result[i] = static_cast<double>(after.counts[i] - before.counts[i]) / cycles;
  return result;
}

}  // namespace

// Means over batches. Batches are long against what neighbouring cycles have in common, so that their means
// count as independent.
class StreamSimulator::Mean {
 public:
  explicit Mean(std::size_t blocks) : sums_(blocks) {}

  void add(const std::vector<CycleEnergy>& batch) {
    double total = 0;
    for (std::size_t i = 0; i < batch.size(); ++i) {
      sums_[i] += batch[i];
      total += batch[i].total_fj();
    }
    totals_.push_back(total);
  }
  std::size_t batches() const { return totals_.size(); }
  double mean() const {
    double sum = 0;
    for (const double total : totals_) sum += total;
    return sum / static_cast<double>(totals_.size());
  }
  double standard_error() const {
    const double centre = mean();
    const auto count = static_cast<double>(totals_.size());
    double squares = 0;
    for (const double total : totals_) squares += (total - centre) * (total - centre);
    return std::sqrt(squares / (count - 1) / count);
  }
  StreamEnergy energy() const {
    StreamEnergy result;
    for (const CycleEnergy& sum : sums_) {
      result.by_block.push_back(sum.times(1 / static_cast<double>(totals_.size())));
      result.total += result.by_block.back();
    }
    result.standard_error_fj = standard_error();
    return result;
  }

 private:
  std::vector<CycleEnergy> sums_;
  std::vector<double> totals_;
};

StreamSimulator::StreamSimulator(const gates::MappedDesign& design, const gates::StaticTiming& timing,
                                 double period_ps, std::vector<std::size_t> block_of, std::size_t blocks)
    : design_(&design),
      timing_(&timing),
      period_ps_(period_ps),
      block_of_(std::move(block_of)),
      blocks_(blocks),
      power_(design, timing) {}

StreamResult StreamSimulator::run(Stimulus& stimulus, unsigned warm_up,
                                  const SimulationLength& length) const {
  gates::GateSimulation glitch_free(*design_);
  gates::GateSimulation delayed(*design_, *timing_, period_ps_);
  const auto run = [&](unsigned cycles) {
    for (unsigned i = 0; i < cycles; ++i) {
      for (const PortValue& value : stimulus.next()) {
        const std::size_t port = design_->port(value.port);
        glitch_free.set_input(port, value.words);
        delayed.set_input(port, value.words);
      }
      glitch_free.run_cycle();
      delayed.run_cycle();
    }
  };
  const auto take = [&](gates::GateSimulation& simulation) {
    const gates::Activity& activity = simulation.activity();
    const std::vector<gates::BlockEnergy> energies = power_.by_block(activity);
    std::vector<CycleEnergy> batch(blocks_);
    const double per_cycle = 1 / static_cast<double>(activity.cycles);
    for (std::size_t i = 0; i < energies.size(); ++i) {
      const gates::BlockEnergy& e = energies[i];
      // 1 nW ps is 1e-6 fJ.
      batch[block_of_[i]] += {e.combinational_fj * per_cycle, e.sequential_fj * per_cycle,
                              e.clock_fj * per_cycle, e.leakage_nw * period_ps_ * 1e-6};
    }
    simulation.clear_activity();
    return batch;
  };

  run(warm_up);
  glitch_free.clear_activity();
  delayed.clear_activity();
  Mean with_delays(blocks_), without(blocks_);
  StreamResult result;
  arith::SwitchingCounts switched = stimulus.switching();
  do {
    run(length.batch_cycles);
    result.windows.push_back({take(delayed), means(switched, stimulus.switching(), length.batch_cycles)});
    switched = stimulus.switching();
    with_delays.add(result.windows.back().by_block);
    without.add(take(glitch_free));
  } while (with_delays.batches() < length.smallest_batches ||
           ((with_delays.standard_error() > length.standard_error * with_delays.mean() ||
             without.standard_error() > length.standard_error * without.mean()) &&
            (with_delays.batches() + 1) * length.batch_cycles <= length.largest_cycles));

  result.cycles = with_delays.batches() * length.batch_cycles;
  result.delayed = with_delays.energy();
  result.glitch_free = without.energy();
  return result;
}

}  // namespace lnsim::characterise
