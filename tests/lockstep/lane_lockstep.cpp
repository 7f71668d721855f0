#include "tests/lockstep/lane_lockstep.h"

#include <fmt/format.h>

#include <cstring>

namespace lnsim::lockstep {
namespace {

std::string text_of(const LaneOutputs& out) {
  return fmt::format(
      "valid {} entry {} sum {:08x}{:08x} products {} zero {} lost {} truncated {} saturated {}", out.valid,
      out.entry, out.sum.word(1), out.sum.word(0), out.counts.products, out.counts.zero_products,
      out.counts.lost_products, out.counts.truncated_sums, out.counts.saturations);
}

// A place for each code of each element; codes of 32 bits are too many to be followed.
std::vector<std::vector<bool>> no_codes(const arith::NumberFormat& format, unsigned vector_size) {
  if (format.storage_bits() > 17) return {};
  return std::vector(vector_size, std::vector<bool>(std::size_t{1} << format.storage_bits()));
}

}  // namespace

LaneLockstep::LaneLockstep(const sc_core::sc_module_name& name, Simulation& simulation,
                           const LaneParameters& parameters, LaneTwin& twin, LaneStimulus& stimulus,
                           std::uint64_t cycles)
    : Unit(name, simulation),
      parameters_(parameters),
      format_a_(arith::make_format(parameters.a)),
      format_b_(arith::make_format(parameters.b)),
      datapath_(arith::make_datapath(parameters.datapath, *format_a_, *format_b_)),
      entry_bytes_((datapath_->accumulator_bytes() + kDatapathAlignment - 1) / kDatapathAlignment *
                   kDatapathAlignment),
      pipeline_(simulation, parameters.datapath.pipeline_stages + 1, parameters.datapath.pipeline_stages),
      twin_(twin),
      stimulus_(stimulus),
      cycles_(cycles) {
  pipeline_.connect(*this, *this);
  a_.reserve(parameters_.vector_size * datapath_->packed_bytes());
  b_.reserve(parameters_.vector_size * datapath_->packed_bytes());
  accumulators_.reserve(parameters_.entries * entry_bytes_);
  for (std::uint32_t entry = 0; entry < parameters_.entries; ++entry) datapath_->clear(accumulator(entry), 1);
  seen_.codes_a = no_codes(*format_a_, parameters_.vector_size);
  seen_.codes_b = no_codes(*format_b_, parameters_.vector_size);
  request_edge(1);
}

void LaneLockstep::step(Cycle now) {
  if (seen_.cycles == cycles_) return;
  compare(now);
  if (!seen_.mismatch.empty()) return;
  stimulus_.next();
  inputs_.valid = stimulus_.beat() != nullptr;
  inputs_.load = stimulus_.load() != nullptr;
  if (inputs_.valid) {
    take(now, *stimulus_.beat());
  } else {
    ++seen_.idle;
  }
  if (inputs_.load) load(*stimulus_.load());
  twin_.clock(inputs_);
  if (++seen_.cycles < cycles_) request_edge(now + 1);
}

void LaneLockstep::compare(Cycle now) {
  LaneOutputs expected;
  if (const LaneOutputs* front = pipeline_.front(now)) {
    expected = *front;
    pipeline_.pop(now);
  }
  LaneOutputs got = twin_.outputs();
  if (!got.valid) {  // entry and sum then mean nothing
    got.entry = 0;
    got.sum = {};
  }
  if (got != expected)
    seen_.mismatch =
        fmt::format("cycle {}:\n  simulator {}\n  twin      {}", now, text_of(expected), text_of(got));
}

void LaneLockstep::pack(const LaneBeat& beat) {
  const std::size_t element = datapath_->packed_bytes();
  datapath_->pack_a(beat.a, 0, a_.data());
  datapath_->pack_b(beat.b, 0, b_.data());
  const unsigned bits_a = format_a_->storage_bits(), bits_b = format_b_->storage_bits();
  for (unsigned i = 0; i < parameters_.vector_size; ++i) {
    inputs_.a.put(i * bits_a, bits_a, beat.a[i]);
    inputs_.b.put(i * bits_b, bits_b, beat.b[i]);
    inputs_.padding.put(i, 1, beat.padding[i] ? 1 : 0);
    if (!seen_.codes_a.empty()) seen_.codes_a[i][beat.a[i]] = true;
    if (!seen_.codes_b.empty()) seen_.codes_b[i][beat.b[i]] = true;
    if (!beat.padding[i]) continue;
    datapath_->pack_padding(1, a_.data() + i * element);
    datapath_->pack_padding(1, b_.data() + i * element);
  }
}

void LaneLockstep::take(Cycle now, const LaneBeat& beat) {
  ++seen_.beats;
  seen_.same_entry_again += beat.entry == last_entry_ && !beat.first ? 1 : 0;
  last_entry_ = beat.entry;
  inputs_.first = beat.first;
  inputs_.entry = beat.entry;
  pack(beat);
  LaneOutputs result;
  result.valid = true;
  result.entry = beat.entry;
  if (beat.first) datapath_->clear(accumulator(beat.entry), 1);
  datapath_->beat(a_.data(), b_.data(), parameters_.vector_size, 1, accumulator(beat.entry), result.counts);
  result.sum = sum_of(beat.entry);
  seen_.counts += result.counts;
  pipeline_.push(now, result);
}

void LaneLockstep::load(const LaneLoad& load) {
  ++seen_.loads;
  const unsigned bits = datapath_->accumulator_bits();
  inputs_.load_entry = load.entry;
  inputs_.load_sum = {};
  inputs_.load_sum.put(0, bits, static_cast<std::uint64_t>(load.sum));
  std::memcpy(accumulator(load.entry), &load.sum, datapath_->accumulator_bytes());
  last_entry_ = ~0u;
}

// The accumulator's bits, without the copies of the sign above them.
LaneBits LaneLockstep::sum_of(std::uint32_t entry) const {
  LaneBits sum;
  const unsigned bits = datapath_->accumulator_bits();
  for (unsigned low = 0; low < bits; low += 32) {
    std::uint32_t word;
    std::memcpy(&word, accumulator(entry) + low / 8, sizeof word);
    sum.put(low, std::min(32u, bits - low), word);
  }
  return sum;
}

LaneSeen run_lane(const LaneParameters& parameters, LaneTwin& twin, LaneStimulus& stimulus,
                  std::uint64_t cycles) {
  Simulation simulation({}, Engine::kernel);
  const Simulation::Scope scope(simulation);
  LaneLockstep lockstep("lane", simulation, parameters, twin, stimulus, cycles);
  twin.reset();
  if (simulation.run(cycles + 10) == Simulation::End::failed)
    std::rethrow_exception(simulation.take_failure());
  return lockstep.seen();
}

}  // namespace lnsim::lockstep
