#include "sim/run/compile/update_program.h"

#include <algorithm>
#include <array>
#include <vector>

#include "models/compute/slice.h"
#include "models/update/update_rule.h"
#include "sim/run/compile/whole_units.h"

namespace lnsim {
namespace {

constexpr std::uint64_t kLargestChunk = 65536;  // bytes: enough bursts to keep all channels busy

// What a chunk holds, one after the other in its slot: gradients, then what is written back.
struct Part {
  std::uint64_t bits = 0;  // per parameter
  std::uint64_t dram_base = 0;
  bool written = false;
};

}  // namespace

Program update_program(std::uint64_t parameters, const AcceleratorParameters& machine, const KindBits& bits) {
  const std::uint64_t state_bits = std::uint64_t{state_values(machine.optimizer.kind)} * bits.moment;
  std::array<Part, 3> parts{{{bits.gradient, 0, false}, {bits.update, 0, true}, {state_bits, 0, true}}};
  const std::uint64_t burst = machine.dram.burst_bytes;
  std::uint64_t base = 0;
  for (Part& part : parts) {
    part.dram_base = base;
    base += round_up(packed_size(parameters, part.bits), burst);
  }
  // At least four chunks fit the buffer. Where they are large enough, every part begins with a burst of the
  // first DRAM channel and every slot with a word of the first bank; otherwise parts are whole bytes at
  // least.
  const std::uint64_t capacity = std::uint64_t{machine.global_buffer.capacity_kib} * 1024;
  const std::uint64_t per_parameter = parts[0].bits + parts[1].bits + parts[2].bits;
  const std::uint64_t most = std::min(kLargestChunk, capacity / 4) * 8 / per_parameter;
  const std::uint64_t dram_line = burst * machine.dram.channels;
  const std::uint64_t whole = most >= dram_line ? dram_line : 8;
  const std::uint64_t chunk = std::min(parameters, std::max<std::uint64_t>(8, most / whole * whole));
  const std::uint64_t line = std::uint64_t{machine.global_buffer.banks} * machine.global_buffer.bank_bytes;
  const std::uint64_t in_chunk = packed_size(chunk, per_parameter) + parts.size();
  const std::uint64_t slot_bytes = in_chunk > line ? round_up(in_chunk, line) : in_chunk;
  const std::uint64_t slots = std::clamp<std::uint64_t>(capacity / slot_bytes, 1, 8);

  Program program;
  std::vector<std::uint32_t> free(slots, 0);  // write-backs up to here empty the slot
  std::vector<std::uint32_t> fetched(slots, 0);
  const std::uint64_t chunks = (parameters + chunk - 1) / chunk;
  const auto count = [&](std::uint64_t i) { return std::min(chunk, parameters - i * chunk); };

  const auto fetch = [&](std::uint64_t i) {
    Dependencies after;
    after.require(Counter::written_back, free[i % slots]);
    std::uint64_t address = i % slots * slot_bytes;
    for (const Part& part : parts) {
      const std::uint64_t bytes = packed_size(count(i), part.bits);
      fetched[i % slots] =
          program.add(Fetch{part.dram_base + i * chunk * part.bits / 8, bytes, address, bytes}, after);
      address += bytes;
    }
  };
  const auto update = [&](std::uint64_t i) {
    Update command;
    command.first_parameter = i * chunk;
    command.parameters = count(i);
    command.read_address = i % slots * slot_bytes;
    command.write_address = command.read_address + packed_size(count(i), parts[0].bits);
    for (const Part& part : parts) {
      const std::uint64_t bytes = packed_size(count(i), part.bits);
      command.read_bytes += bytes;
      if (part.written) command.write_bytes += bytes;
    }
    Dependencies after;
    after.require(Counter::fetched, fetched[i % slots]);
    Dependencies updated;
    updated.require(Counter::updated, program.add(command, after));
    std::uint64_t address = command.write_address;
    for (const Part& part : parts) {
      if (!part.written) continue;
      const std::uint64_t bytes = packed_size(count(i), part.bits);
      free[i % slots] =
          program.add(WriteBack{part.dram_base + i * chunk * part.bits / 8, bytes, address}, updated);
      address += bytes;
    }
  };

  const std::uint64_t ahead =
      std::min<std::uint64_t>(slots - 1, std::max<std::uint64_t>(1, machine.control.queue_depth / 4));
  for (std::uint64_t i = 0; i < std::min(ahead, chunks); ++i) fetch(i);
  for (std::uint64_t i = 0; i < chunks; ++i) {
    if (i + ahead < chunks) fetch(i + ahead);
    update(i);
  }
  return program;
}

}  // namespace lnsim
