#include "models/memory/dma.h"

namespace lnsim {

Dma::Dma(const sc_core::sc_module_name& name, Simulation& simulation, RunState& run, const DramPort& dram,
         const BeatShape& shape, const DmaChannels& channels)
    : MachineUnit(name, simulation),
      dram_(dram),
      completions_(*channels.completions),
      fetch_(*this, run, *channels.fetches, channels.fetch_port, dram_, shape),
      write_back_(*this, run, *channels.write_backs, channels.write_back_port, dram_, shape) {}

void Dma::reset() {
  dram_.reset();
  fetch_.reset();
  write_back_.reset();
  write_back_first_ = false;
}

void Dma::step(Cycle now) {
  take_completions(now);
  const bool fetches = !fetch_.idle();
  const bool writes_back = !write_back_.idle();
  bool moved = false;
  if (writes_back) write_back_.complete_jobs(now);
  if (fetches) moved |= fetch_.take_grants(now);
  if (writes_back) moved |= write_back_.take_grants(now);
  moved |= issue_bursts(now, fetches, writes_back);
  if (fetches) moved |= fetch_.write_buffer(now);
  if (writes_back) moved |= write_back_.read_buffer(now);
  if (fetches) fetch_.report(now);
  if (writes_back) write_back_.report(now);
  if (moved) request_edge(now + 1);
}

void Dma::take_completions(Cycle now) {
  while (const Burst* burst = completions_.front(now)) {
    if (burst->kind == BurstKind::read) {
      fetch_.arrived(burst->tag, now);
    } else {
      write_back_.arrived(burst->tag);
    }
    completions_.pop(now);
  }
}

bool Dma::issue_bursts(Cycle now, bool fetches, bool writes_back) {
  unsigned budget = static_cast<unsigned>(dram_.channels());
  bool moved = false;
  if (writes_back && write_back_first_) moved |= write_back_.issue_bursts(now, budget);
  if (fetches) moved |= fetch_.issue_bursts(now, budget);
  if (writes_back && !write_back_first_) moved |= write_back_.issue_bursts(now, budget);
  if (moved) write_back_first_ = !write_back_first_;
  return moved;
}

void Dma::image(StateImage& image) const {
  image.number(write_back_first_ ? 1 : 0);
  fetch_.image(image);
  write_back_.image(image);
  const auto write = [&](const Burst& burst) {
    const bool read = burst.kind == BurstKind::read;
    image.number(read ? fetch_.behind_oldest(burst.tag) * 2 : write_back_.behind_oldest(burst.tag) * 2 + 1);
  };
  dram_.image(image, write);
  completions_.image(image, write);
}

void Dma::list(SignalList& signals) const {
  signals.add("write_back_first", write_back_first_);
  fetch_.list(signals);
  write_back_.list(signals);
  completions_.list(signals, "completions");
}

std::string Dma::state() const {
  std::string text = fetch_.state();
  const std::string other = write_back_.state();
  if (!text.empty() && !other.empty()) text += "; ";
  return text + other;
}

}  // namespace lnsim
