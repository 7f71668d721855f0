#include "sim/run/report/bottleneck.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "sim/base/clock.h"

namespace lnsim {
namespace {

// Small letters of kResourceNames, and those of kCauseNames: a cause has the letter of its resource.
constexpr std::string_view kResourceMarks = "cabvorpgdu";
constexpr std::string_view kCauseMarks = "capodrx";
static_assert(kResourceMarks.size() == kResourceCount && kCauseMarks.size() == kCauseCount);

Cycle burst_cycles(const DramParameters& dram) {
  return ceil_div(dram.burst_bytes, dram.channel_bytes_per_cycle);
}

template <class Names>
std::size_t index_in(const Names& names, std::string_view name) {
  return static_cast<std::size_t>(std::distance(names.begin(), std::find(names.begin(), names.end(), name)));
}

template <class Values>
std::size_t index_of_largest(const Values& values) {
  return static_cast<std::size_t>(
      std::distance(values.begin(), std::max_element(values.begin(), values.end())));
}

double share_of(std::uint64_t part, std::uint64_t whole) {
  return static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

std::uint64_t peak_macs_per_cycle(const PeParameters& pe) {
  return std::uint64_t{pe.count} * pe.lanes * pe.vector_size;
}

double dram_bytes_per_cycle(const DramParameters& dram) {
  return static_cast<double>(std::uint64_t{dram.channels} * dram.burst_bytes) /
         static_cast<double>(burst_cycles(dram));
}

Roofs roofs_of(const EventCounts& events, const AcceleratorParameters& machine) {
  const PeParameters& pe = machine.pe;
  const std::uint64_t pes = pe.count;
  const GlobalBufferParameters& buffer = machine.global_buffer;
  const std::uint64_t bursts =
      (events[Event::dram_read_byte] + events[Event::dram_write_byte]) / machine.dram.burst_bytes;

  Roofs roofs{};
  const auto roof = [&](Resource resource, std::uint64_t work, std::uint64_t per_cycle) {
    roofs[static_cast<std::size_t>(resource)] = ceil_div(work, per_cycle);
  };
  roof(Resource::compute, events[Event::datapath_mac] + events[Event::datapath_idle_mac],
       peak_macs_per_cycle(pe));
  roof(Resource::buffer_a, events[Event::buffer_a_read_byte], pes * pe.buffer_a.read_bytes_per_cycle);
  roof(Resource::buffer_b, events[Event::buffer_b_read_byte], pes * pe.buffer_b.read_bytes_per_cycle);
  roof(Resource::vector_unit, events[Event::vector_unit_operation],
       pes * pe.vector_unit.operations_per_cycle);
  roof(Resource::operand_bus, events[Event::operand_bus_byte], machine.bus.operand_bytes_per_cycle);
  roof(Resource::return_bus, events[Event::return_bus_byte], machine.bus.return_bytes_per_cycle);
  roof(Resource::ppu, events[Event::ppu_value], pes * pe.ppu.values_per_cycle);
  roof(Resource::global_buffer,
       events[Event::global_buffer_read_byte] + events[Event::global_buffer_write_byte],
       std::uint64_t{buffer.banks} * buffer.bank_bytes);
  roof(Resource::dram, bursts * burst_cycles(machine.dram), machine.dram.channels);
  roof(Resource::weight_update, events[Event::weight_update_parameter],
       std::uint64_t{machine.weight_update.count} * machine.weight_update.lanes);
  return roofs;
}

std::string Bottleneck::name() const {
  return fmt::format("{} {}", of, kBoundByNames[static_cast<std::size_t>(by)]);
}

char Bottleneck::mark() const {
  if (by == BoundBy::latency) return kCauseMarks[index_in(kCauseNames, of)];
  return static_cast<char>(kResourceMarks[index_in(kResourceNames, of)] - 'a' + 'A');
}

std::optional<Bound> bound_of(const RunResult& run, const AcceleratorParameters& machine) {
  if (run.cycles == 0) return std::nullopt;
  const Roofs roofs = roofs_of(run.events, machine);
  const std::size_t highest = index_of_largest(roofs);
  if (2 * roofs[highest] >= run.cycles)
    return Bound{{BoundBy::throughput, kResourceNames[highest]}, share_of(roofs[highest], run.cycles)};
  const std::size_t longest = index_of_largest(run.cycles_by_cause);
  return Bound{{BoundBy::latency, kCauseNames[longest]}, share_of(run.cycles_by_cause[longest], run.cycles)};
}

void BoundCycles::add(const RunResult& run, const AcceleratorParameters& machine) {
  if (const std::optional<Bound> bound = bound_of(run, machine)) cycles_[bound->bottleneck] += run.cycles;
}

std::uint64_t BoundCycles::total() const {
  std::uint64_t sum = 0;
  for (const auto& [bottleneck, cycles] : cycles_) sum += cycles;
  return sum;
}

std::optional<Bound> BoundCycles::main() const {
  const auto most = std::max_element(cycles_.begin(), cycles_.end(),
                                     [](const auto& a, const auto& b) { return a.second < b.second; });
  if (most == cycles_.end()) return std::nullopt;
  return Bound{most->first, share_of(most->second, total())};
}

std::optional<RooflinePoint> roofline_point(const RunResult& run, const AcceleratorParameters& machine) {
  const std::uint64_t macs = run.events[Event::datapath_mac];
  const std::uint64_t bytes = run.events[Event::dram_read_byte] + run.events[Event::dram_write_byte];
  if (macs == 0 || bytes == 0 || run.cycles == 0) return std::nullopt;
  RooflinePoint point;
  point.macs_per_dram_byte = share_of(macs, bytes);
  point.macs_per_cycle = share_of(macs, run.cycles);
  point.attainable_macs_per_cycle = std::min(static_cast<double>(peak_macs_per_cycle(machine.pe)),
                                             point.macs_per_dram_byte * dram_bytes_per_cycle(machine.dram));
  return point;
}

}  // namespace lnsim
