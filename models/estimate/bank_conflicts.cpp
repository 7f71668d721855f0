#include "models/estimate/bank_conflicts.h"

#include <algorithm>

#include "models/compute/slice.h"
#include "models/estimate/transfers.h"

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
  for (std::size_t i = 0; i < kBufferClients; ++i)
    for (std::size_t j = 0; j < kBufferClients; ++j) cost_[i][j] = cost(i, j);
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

// Cycles that a beat of client j costs client i while i has beats to move.
double BankConflicts::cost(std::size_t i, std::size_t j) const {
  if (i == j || beats_[i] == 0 || beats_[j] == 0) return 0.0;
  const double banks = machine_.global_buffer.banks;
  const auto banks_of_a_beat = [&](std::size_t client) {
    const double bytes = static_cast<double>(bytes_[client]) / static_cast<double>(beats_[client]);
    return std::clamp(bytes / machine_.global_buffer.bank_bytes, 1.0, banks);
  };
  const double both = banks_of_a_beat(i) + banks_of_a_beat(j);
  if (both <= banks && i != kReturnBus && j != kReturnBus) return 0.0;
  const double met = std::min(1.0, (both - 1.0) / banks);
  return met / (2.0 - met);
}

Slowdowns BankConflicts::within(double cycles) const {
  Slowdowns slowdowns{};
  for (std::size_t i = 0; i < kBufferClients; ++i) {
    double left = 1.0;
    for (std::size_t j = 0; j < kBufferClients; ++j)
      left *= std::max(0.0, 1.0 - cost_[i][j] * static_cast<double>(beats_[j]) / cycles);
    slowdowns[i] = 1.0 / std::max(kLeastLeft, left);
  }
  return slowdowns;
}

}  // namespace lnsim
