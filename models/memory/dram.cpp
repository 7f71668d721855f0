#include "models/memory/dram.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace lnsim {

Cycle burst_cycles(const DramParameters& parameters) {
  return ceil_div(parameters.burst_bytes, parameters.channel_bytes_per_cycle);
}

Cycle burst_latency(const DramParameters& parameters) {
  return parameters.latency_cycles + burst_cycles(parameters);
}

Dram::Dram(const sc_core::sc_module_name& name, Simulation& simulation, const DramParameters& parameters,
           RunState& run, std::vector<Channel<Burst>*> requests, Channel<Burst>& completions)
    : MachineUnit(name, simulation),
      parameters_(parameters),
      burst_cycles_(burst_cycles(parameters)),
      run_(run),
      requests_(std::move(requests)),
      holding_(requests_.size()),
      completions_(completions),
      accepts_from_(requests_.size(), 0) {
  for (std::size_t i = 0; i < requests_.size(); ++i) requests_[i]->report_to(holding_, i);
}

void Dram::reset() {
  std::fill(accepts_from_.begin(), accepts_from_.end(), 0);
}

void Dram::step(Cycle now) {
  for (std::size_t i = holding_.next(0); i < requests_.size(); i = holding_.next(i + 1)) {
    if (accepts_from_[i] > now) {
      request_edge(accepts_from_[i]);
      continue;
    }
    Channel<Burst>& queue = *requests_[i];
    const Burst* burst = queue.front(now);
    if (burst == nullptr) continue;
    run_.events[burst->kind == BurstKind::read ? Event::dram_read_byte : Event::dram_write_byte] +=
        parameters_.burst_bytes;
    completions_.push(now, *burst);
    queue.pop(now);
    accepts_from_[i] = now + burst_cycles_;
    if (queue.size() > 0) request_edge(accepts_from_[i]);
  }
}

void Dram::image(StateImage& image) const {
  for (const Cycle cycle : accepts_from_) image.time(cycle);
}

void Dram::list(SignalList& signals) const {
  for (std::size_t i = 0; i < requests_.size(); ++i) {
    const SignalList::Scope channel(signals, fmt::format("channel_{}", i));
    signals.add("busy", 1, [this, i](Cycle now) { return accepts_from_[i] > now ? 1U : 0U; });
    requests_[i]->list(signals, "requests");
  }
}

std::string Dram::state() const {
  std::size_t waiting = 0;
  for (const Channel<Burst>* queue : requests_) waiting += queue->size();
  if (waiting == 0 && completions_.size() == 0) return {};
  return fmt::format("{} bursts wait, {} in flight", waiting, completions_.size());
}

}  // namespace lnsim
