#include "models/estimate/bank_conflicts.h"

#include <algorithm>

#include "models/compute/slice.h"
#include "models/memory/transfers.h"

namespace lnsim {
namespace {

constexpr auto kReturnBus = static_cast<std::size_t>(BufferClient::return_bus);
constexpr double kLeastLeft = 0.05;  // of the cycles, for any client: none waits for ever (our choice)

}  // namespace

BankConflicts::BankConflicts(const Program& program, const AcceleratorParameters& machine)
    : machine_(machine) {
  const std::uint64_t dram = dram_width(machine);
  const std::uint64_t line = buffer_line(machine.global_buffer);
  for (const Fetch& fetch : program.fetches) add(BufferClient::dma_write, fetch.buffer_bytes, dram, 1);
  for (const WriteBack& back : program.write_backs) add(BufferClient::dma_read, back.bytes, dram, 1);
  for (const Load& load : program.loads)
    add(BufferClient::operand_bus, load.bytes, machine.bus.operand_bytes_per_cycle,
        transfers(load, machine.bus));
  for (const Compute& compute : program.computes) add_output(program, compute);
  for (const VectorWork& work : program.vector_works)
    add(BufferClient::return_bus, ceil_div(work.output_bytes, work.pes), machine.bus.return_bytes_per_cycle,
        work.pes);
  for (const Update& update : program.updates) {
    add(BufferClient::update_read, update.read_bytes, line / 2, 1);
    add(BufferClient::update_write, update.write_bytes, line / 2, 1);
  }
  for (std::size_t i = 0; i < kBufferClients; ++i) {
    if (beats_[i] == 0) continue;
    const double bytes = static_cast<double>(bytes_[i]) / static_cast<double>(beats_[i]);
    banks_[i] =
        std::clamp<double>(bytes / machine.global_buffer.bank_bytes, 1.0, machine.global_buffer.banks);
  }
}

void BankConflicts::add(BufferClient client, std::uint64_t bytes, std::uint64_t width, std::uint64_t times) {
  const auto i = static_cast<std::size_t>(client);
  const std::uint64_t line = buffer_line(machine_.global_buffer);
  beats_[i] += ceil_div(bytes, std::clamp<std::uint64_t>(width, 1, line)) * times;
  bytes_[i] += bytes * times;
}

void BankConflicts::add_output(const Program& program, const Compute& compute) {
  if (compute.end == SumEnd::keep) return;
  const std::uint64_t bits = compute.end == SumEnd::emit ? program.output_bits : program.accumulator_bits;
  const std::uint64_t elements = std::uint64_t{compute.rows.count_of(0)} * compute.columns.count_of(0);
  add(BufferClient::return_bus, packed_size(elements, bits), machine_.bus.return_bytes_per_cycle,
      working_pes(compute, program.grid));
}

// Cycles that a beat of client j costs client i, one of which is the return bus, while i has beats to move.
double BankConflicts::met(std::size_t i, std::size_t j) const {
  const double met = std::min(1.0, (banks_[i] + banks_[j] - 1.0) / machine_.global_buffer.banks);
  return met / (2.0 - met);
}

// The share of cycles in which the other streams leave stream i too few banks.
double BankConflicts::crowded_out(std::size_t i, const Shares& served) const {
  constexpr std::uint32_t kSets = 1U << kBufferClients;
  const auto is_in = [](std::uint32_t set, std::size_t client) { return (set >> client & 1U) != 0; };
  double share = 0.0;
  for (std::uint32_t set = 0; set < kSets; ++set) {
    if (is_in(set, i) || is_in(set, kReturnBus)) continue;
    double banks = banks_[i];
    double likely = 1.0;
    for (std::size_t j = 0; j < kBufferClients; ++j) {
      if (j == i || j == kReturnBus) continue;
      banks += is_in(set, j) ? banks_[j] : 0.0;
      likely *= is_in(set, j) ? served[j] : 1.0 - served[j];
    }
    if (banks > machine_.global_buffer.banks) share += likely;
  }
  return share;
}

Slowdowns BankConflicts::within(double cycles) const {
  Shares served{};
  for (std::size_t i = 0; i < kBufferClients; ++i)
    served[i] = std::min(1.0, static_cast<double>(beats_[i]) / cycles);
  Slowdowns slowdowns{};
  for (std::size_t i = 0; i < kBufferClients; ++i) {
    double left = 1.0;  // of the cycles, for client i
    if (i == kReturnBus) {
      for (std::size_t j = 0; j < kBufferClients; ++j)
        if (j != i) left *= 1.0 - met(i, j) * served[j];
    } else {
      left = (1.0 - met(i, kReturnBus) * served[kReturnBus]) * (1.0 - crowded_out(i, served));
    }
    slowdowns[i] = 1.0 / std::max(kLeastLeft, left);
  }
  return slowdowns;
}

}  // namespace lnsim
