#include "models/estimate/pe_times.h"

#include <algorithm>

#include "models/compute/output_packet.h"
#include "models/compute/pe.h"
#include "models/compute/slice.h"
#include "models/memory/transfers.h"

namespace lnsim {
namespace {

Cycle earlier(Cycle time, Cycle by) {
  return time - std::min(time, by);
}

}  // namespace

PeTimes::PeTimes(const Program& program, const AcceleratorParameters& machine, const Slowdowns& slowdowns)
    : program_(program),
      machine_(machine),
      slowdowns_(slowdowns),
      pipeline_(machine.datapath.pipeline_stages),
      beat_cycles_(ceil_div(packed_size(machine.pe.vector_size, program.operand_b_bits),
                            machine.pe.buffer_b.read_bytes_per_cycle)),
      packet_bytes_(
          std::min<std::uint64_t>(machine.bus.return_bytes_per_cycle, buffer_line(machine.global_buffer))) {}

CommandTimes PeTimes::add(const Compute& compute, Cycle ready) {
  const Cycle taken = std::max(ready, fetch_free_);
  const std::uint64_t pes = working_pes(compute, program_.grid);
  if (pes == 0) return {taken, taken, taken};
  for (std::uint32_t left = compute.rows.count_of(0); left > 0;) {
    const std::uint32_t rows = std::min(left, machine_.pe.lanes);
    run_block(compute, rows, taken);
    if (compute.end != SumEnd::keep) send_block(compute, rows, fetch_free_, pes);
    left -= rows;
  }
  const Cycle produced =
      compute.end == SumEnd::keep ? lanes_free_ : return_free_ + machine_.bus.latency_cycles;
  return {taken, lanes_free_, produced};
}

void PeTimes::run_block(const Compute& compute, std::uint32_t rows, Cycle taken) {
  const Cycle port = machine_.pe.buffer_a.read_bytes_per_cycle;
  const std::uint64_t columns = compute.columns.count_of(0);
  const Cycle fetch =
      ceil_div(packed_size(std::uint64_t{rows} * machine_.pe.vector_size, program_.operand_a_bits), port);
  const Cycle fetched = std::max(taken, fetch_free_) + fetch;
  Cycle start = std::max(lanes_free_, fetched);
  if (compute.start == SumStart::restore) {
    start = std::max(lanes_free_ + pipeline_, fetched) +
            columns * ceil_div(packed_size(rows, program_.accumulator_bits), port);
  }
  const Cycle beats = columns * beat_cycles_;
  const Cycle last_pass = start + (compute.vectors - 1) * std::max(beats, fetch);
  fetch_free_ = last_pass;  // the next pass's vectors are fetched from then on
  lanes_free_ = last_pass + beats;
}

void PeTimes::send_block(const Compute& compute, std::uint32_t rows, Cycle last_pass, std::uint64_t pes) {
  const PpuParameters& ppu = machine_.pe.ppu;
  const std::uint64_t columns = compute.columns.count_of(0);
  const Cycle column_cycles = ceil_div(rows, ppu.values_per_cycle);
  const std::uint64_t bits = compute.end == SumEnd::emit ? program_.output_bits : program_.accumulator_bits;
  const std::uint64_t packets = ceil_div(packed_size(rows, bits) * columns, packet_bytes_);
  const Cycle begin = std::max(last_pass + pipeline_ + 1, ppu_free_);
  const Cycle end = std::max(lanes_free_ + pipeline_ + 1, begin + column_cycles * columns);
  send(packets, pes, begin + column_cycles + ppu.latency_cycles - 1, end + ppu.latency_cycles);
  ppu_free_ = std::max(end, earlier(return_free_, (kPacketEntries + ppu.latency_cycles) * pes));
  // A column leaves its queue when the PPU takes it, or the bus the packets before it.
  const Cycle returned = slowed(packets * pes, slowdowns_, BufferClient::return_bus) / columns;
  const Cycle queued =
      ppu_queue_entries(machine_.datapath.pipeline_stages) * std::max(column_cycles, returned);
  lanes_free_ = std::max(lanes_free_, earlier(ppu_free_, queued));
}

void PeTimes::send(std::uint64_t packets, std::uint64_t pes, Cycle first, Cycle last) {
  const Cycle taken = slowed(packets * pes, slowdowns_, BufferClient::return_bus);
  return_free_ = std::max(std::max(first, return_free_) + taken, last);
}

CommandTimes PeTimes::add(const VectorWork& work, Cycle ready) {
  const VectorUnitParameters& unit = machine_.pe.vector_unit;
  const Cycle taken = std::max(ready, lanes_free_);
  const Cycle begin = taken + 1;
  const Cycle cycles = std::max(
      {Cycle{1},
       ceil_div(ceil_div(work.elements, work.pes) * work.operations_per_element, unit.operations_per_cycle),
       ceil_div(ceil_div(work.input_bytes, work.pes), machine_.pe.buffer_b.read_bytes_per_cycle)});
  Cycle end = begin + cycles;
  Cycle produced = end;
  if (work.output_bytes > 0) {
    const std::uint64_t packets = ceil_div(ceil_div(work.output_bytes, work.pes), packet_bytes_);
    send(packets, work.pes, begin + cycles / packets + unit.latency_cycles - 1, end + unit.latency_cycles);
    end = std::max(end, earlier(return_free_, (kPacketEntries + unit.latency_cycles) * work.pes));
    produced = return_free_ + machine_.bus.latency_cycles;
  }
  lanes_free_ = fetch_free_ = end + 1;
  return {taken, end, produced};
}

}  // namespace lnsim
