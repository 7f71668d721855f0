#include "models/estimate/program_events.h"

#include "models/compute/slice.h"
#include "models/memory/transfers.h"
#include "sim/base/clock.h"

namespace lnsim {
namespace {

class EventCounter {
 public:
  EventCounter(const Program& program, const AcceleratorParameters& machine)
      : program_(program), machine_(machine) {}

  EventCounts count() {
    events_[Event::control_command] = program_.commands.size();
    for (const Fetch& fetch : program_.fetches) add(fetch);
    for (const WriteBack& write_back : program_.write_backs) add(write_back);
    for (const Load& load : program_.loads) add(load);
    for (const Compute& compute : program_.computes) add(compute);
    for (const VectorWork& work : program_.vector_works) add(work);
    for (const Update& update : program_.updates) add(update);
    return events_;
  }

 private:
  void add(Event event, std::uint64_t count) { events_[event] += count; }

  void add(const Fetch& fetch) {
    add(Event::dram_read_byte,
        bursts(machine_.dram, fetch.dram_address, fetch.dram_bytes) * machine_.dram.burst_bytes);
    add(Event::dma_byte, fetch.dram_bytes);
    add(Event::global_buffer_write_byte, fetch.buffer_bytes);
  }

  void add(const WriteBack& write_back) {
    add(Event::dram_write_byte,
        bursts(machine_.dram, write_back.dram_address, write_back.bytes) * machine_.dram.burst_bytes);
    add(Event::dma_byte, write_back.bytes);
    add(Event::global_buffer_read_byte, write_back.bytes);
  }

  void add(const Load& load) {
    const std::uint64_t driven = load.bytes * transfers(load, machine_.bus);
    const std::uint64_t received =
        load.target == LoadTarget::vector ? load.bytes : load.bytes * load.pes.count;
    const bool to_a = load.target == LoadTarget::operand_a || load.target == LoadTarget::partial_sums;
    add(Event::global_buffer_read_byte, driven);
    add(Event::operand_bus_byte, driven);
    add(Event::operand_bus_delivery_byte, received);
    add(to_a ? Event::buffer_a_write_byte : Event::buffer_b_write_byte, received);
  }

  // PEs in a row of the grid have equal rows, those in a column equal columns.
  void add(const Compute& compute) {
    std::uint64_t groups = 0, columns = 0, column_pes = 0;
    for (std::uint32_t i = 0; i < program_.grid.groups; ++i) groups += compute.groups.count_of(i) > 0 ? 1 : 0;
    for (std::uint32_t i = 0; i < program_.grid.columns; ++i) {
      columns += compute.columns.count_of(i);
      column_pes += compute.columns.count_of(i) > 0 ? 1 : 0;
    }
    for (std::uint32_t i = 0; i < program_.grid.rows; ++i) {
      const std::uint32_t rows = compute.rows.count_of(i);
      if (rows == 0) continue;
      const std::uint32_t lanes = machine_.pe.lanes;
      add_blocks(compute, lanes, rows / lanes * groups, column_pes, columns);
      if (rows % lanes > 0) add_blocks(compute, rows % lanes, groups, column_pes, columns);
      add_products(compute, rows, groups * columns);
    }
  }

  // `blocks` row blocks of `rows` rows each, on each of `column_pes` PEs with `columns` columns together.
  void add_blocks(const Compute& compute, std::uint32_t rows, std::uint64_t blocks, std::uint64_t column_pes,
                  std::uint64_t columns) {
    const std::uint64_t vector = machine_.pe.vector_size;
    const std::uint64_t passes = blocks * compute.vectors;
    add(Event::buffer_a_read_byte, passes * column_pes * packed_size(rows * vector, program_.operand_a_bits));
    add(Event::buffer_b_read_byte, passes * columns * packed_size(vector, program_.operand_b_bits));
    add(Event::collector_accumulate, passes * columns * rows);
    const std::uint64_t sums = blocks * columns * packed_size(rows, program_.accumulator_bits);
    if (compute.start == SumStart::restore) {
      add(Event::buffer_a_read_byte, sums);
      add(Event::collector_transfer_byte, sums);
    }
    if (compute.end == SumEnd::spill) {
      add(Event::collector_transfer_byte, sums);
      add_output(sums);
    }
    if (compute.end == SumEnd::emit) {
      add(Event::ppu_value, blocks * columns * rows);
      add_output(blocks * columns * packed_size(rows, program_.output_bits));
    }
  }

  void add_products(const Compute& compute, std::uint32_t rows, std::uint64_t columns) {
    const std::uint64_t slots = ceil_div(rows, machine_.pe.lanes) * machine_.pe.lanes * compute.vectors *
                                machine_.pe.vector_size * columns;
    const std::uint64_t useful = rows * columns * compute.useful_elements;
    add(Event::datapath_mac, useful);
    add(Event::datapath_idle_mac, slots - useful);
  }

  void add(const VectorWork& work) {
    add(Event::vector_unit_operation, work.elements * work.operations_per_element);
    add(Event::buffer_b_read_byte, work.input_bytes);
    add_output(work.output_bytes);
  }

  void add_output(std::uint64_t bytes) {
    add(Event::return_bus_byte, bytes);
    add(Event::global_buffer_write_byte, bytes);
  }

  void add(const Update& update) {
    add(Event::global_buffer_read_byte, update.read_bytes);
    add(Event::global_buffer_write_byte, update.write_bytes);
    add(Event::weight_update_parameter, update.parameters);
  }

  const Program& program_;
  const AcceleratorParameters& machine_;
  EventCounts events_;
};

}  // namespace

EventCounts program_events(const Program& program, const AcceleratorParameters& machine) {
  return EventCounter(program, machine).count();
}

}  // namespace lnsim
