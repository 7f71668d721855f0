#include "sim/run/compile/mapping_cost.h"

#include <algorithm>

#include "models/cycle_events.h"

namespace lnsim {
namespace {

// Share of the shorter activities that the longest one does not hide (our choice: it also prefers, among
// tilings with equal bottleneck, the one that moves less).
constexpr double kUnhidden = 0.05;

// Of positive numbers whose quotient is no larger than 2^63: no call of a library.
double ceil_div(double a, double b) {
  const double quotient = a / b;
  const auto whole = static_cast<double>(static_cast<std::int64_t>(quotient));
  return whole < quotient ? whole + 1.0 : whole;
}

// How often the tiles of one operand pass over the operand bus, and the whole operand over the DRAM pins.
struct Passes {
  double a_loads = 0, b_loads = 0;  // per set of groups
  double a_fetches = 0, b_fetches = 0;
};

struct Extents {
  double group_sets, row_sets, column_sets, blocks, chunks, b_tiles;
};

Extents extents(const ProductShape& shape, const Tiling& t) {
  const Product& p = shape.product();
  const std::int64_t v = shape.vectors();
  Extents e{};
  e.group_sets = ceil_div(static_cast<double>(p.groups), t.grid.groups);
  e.row_sets = ceil_div(static_cast<double>(p.rows), static_cast<double>(t.rows) * t.grid.rows);
  e.column_sets = ceil_div(static_cast<double>(p.columns), static_cast<double>(t.columns) * t.grid.columns);
  e.blocks = ceil_div(e.column_sets, static_cast<double>(t.block_columns));
  const std::int64_t full = v / t.vectors_a, rest = v % t.vectors_a;
  const auto b_tiles = [&](std::int64_t vectors) { return (vectors + t.vectors_b - 1) / t.vectors_b; };
  e.chunks = static_cast<double>(full + (rest > 0 ? 1 : 0));
  e.b_tiles = static_cast<double>(
      std::max<std::int64_t>(1, full * b_tiles(std::min(v, t.vectors_a)) + b_tiles(rest)));
  return e;
}

Passes passes(const Extents& e, const Tiling& t, double a_total, double b_total, double room) {
  Passes p;
  const bool rows_outer = t.order == LoopOrder::rows_outer;
  // Tiles in the PE buffers: two of each kind stay.
  const bool a_stays = e.row_sets * e.chunks <= 2 || (rows_outer && e.chunks == 1);
  p.a_loads = e.row_sets * e.chunks * (a_stays ? 1 : e.blocks);
  const bool b_stays =
      e.column_sets * e.b_tiles <= 2 || (!rows_outer && t.block_columns == 1 && e.b_tiles <= 2);
  p.b_loads = e.column_sets * e.b_tiles * (b_stays ? 1 : e.row_sets);
  // Operands in the global buffer. The inner loop's operand is read again for each turn of the outer loop,
  // unless it stays.
  const double a_set = a_total / (e.group_sets * e.row_sets);
  const double b_block = b_total / (e.group_sets * e.blocks);
  const double a_group = a_total / e.group_sets;
  const double b_group = b_total / e.group_sets;
  p.a_fetches = p.b_fetches = 1;
  if (rows_outer) {
    if (b_group + a_set > room && e.row_sets > 1) p.b_fetches = e.row_sets;
    if (a_set > room && e.blocks > 1) p.a_fetches = e.blocks;
  } else {
    if (a_group + b_block > room && e.blocks > 1) p.a_fetches = e.blocks;
    if (b_block > room && e.row_sets > 1) p.b_fetches = e.row_sets;
  }
  return p;
}

double packed(double elements, double bits) {
  return elements * bits / 8;
}

// What a cycle costs in which nothing happens.
double pj_of_a_cycle(const PeParameters& pe, const EnergyCosts& costs) {
  EventCounts events;
  count_cycle_events(events, 1, pe);
  double pj = 0;
  for (const EventRow& row : kEvents) pj += static_cast<double>(events[row.event]) * costs.pj(row.event);
  return pj;
}

}  // namespace

MappingCost mapping_cost(const ProductShape& shape, const Tiling& t, const TileBytes& tiles,
                         const AcceleratorParameters& machine, const KindBits& bits, const EnergyCosts& costs,
                         Objective objective) {
  const Product& p = shape.product();
  const Extents e = extents(shape, t);
  const double v = static_cast<double>(shape.vectors());
  const double lanes = machine.pe.lanes;
  const double rows = static_cast<double>(std::min(t.rows, p.rows));
  const double used_groups = std::min<double>(t.grid.groups, static_cast<double>(p.groups));
  const double used_rows =
      std::min(static_cast<double>(t.grid.rows), ceil_div(static_cast<double>(p.rows), rows));
  const double used_columns =
      std::min(static_cast<double>(t.grid.columns),
               ceil_div(static_cast<double>(p.columns), static_cast<double>(t.columns)));

  // PEs.
  const double vector_a = packed(std::min(rows, lanes) * machine.pe.vector_size, shape.a_bits());
  const double fetch = ceil_div(vector_a, machine.pe.buffer_a.read_bytes_per_cycle);
  const double beat =
      ceil_div(packed(machine.pe.vector_size, shape.b_bits()), machine.pe.buffer_b.read_bytes_per_cycle);
  const double last_columns = std::min(
      static_cast<double>(t.columns),
      static_cast<double>(p.columns) - (e.column_sets - 1) * static_cast<double>(t.columns) * t.grid.columns);
  const double full_pass = std::max(static_cast<double>(t.columns) * beat, fetch);
  const double last_pass = std::max(last_columns * beat, fetch);
  const double row_blocks =
      (e.row_sets - 1) * ceil_div(rows, lanes) +
      ceil_div(std::min(rows, static_cast<double>(p.rows) - (e.row_sets - 1) * rows * t.grid.rows), lanes);
  MappingCost cost;
  cost.compute_cycles = e.group_sets * row_blocks * v * ((e.column_sets - 1) * full_pass + last_pass);
  const bool spills = t.spills(shape.vectors(), machine.pe.lanes);
  const double outputs =
      static_cast<double>(p.groups) * static_cast<double>(p.rows) * static_cast<double>(p.columns);
  double sums_bytes = 0;
  if (spills) {
    const double restores = (e.chunks - 1) * e.group_sets * row_blocks * e.column_sets;
    const double column_sums = packed(std::min(rows, lanes), shape.accumulator_bits());
    cost.compute_cycles += restores * (static_cast<double>(t.columns) *
                                           ceil_div(column_sums, machine.pe.buffer_a.read_bytes_per_cycle) +
                                       machine.datapath.pipeline_stages);
    sums_bytes = (e.chunks - 1) * packed(outputs, shape.accumulator_bits());
  }

  // Buses.
  const auto a_unique = static_cast<double>(shape.a_tensor_bytes());
  const auto b_unique = static_cast<double>(shape.b_tensor_bytes());
  const double capacity = static_cast<double>(machine.global_buffer.capacity_kib) * 1024;
  const double room = capacity * (spills ? 0.5 : 0.8);
  const Passes moves = passes(e, t, a_unique, b_unique, room);
  const double copies_a = machine.bus.multicast ? 1 : used_columns;
  const double copies_b = machine.bus.multicast ? 1 : used_rows;
  const double a_bus = e.group_sets * moves.a_loads * tiles.a * used_groups * used_rows;
  const double b_bus = e.group_sets * moves.b_loads * tiles.b * used_groups * used_columns;
  const double bus_bytes = a_bus * copies_a + b_bus * copies_b + sums_bytes;
  const double bus_width =
      std::min<double>(machine.bus.operand_bytes_per_cycle,
                       static_cast<double>(machine.global_buffer.banks) * machine.global_buffer.bank_bytes);
  const double loads =
      e.group_sets * used_groups * (moves.a_loads * used_rows + moves.b_loads * used_columns);
  cost.operand_bus_cycles = bus_bytes / bus_width + 0.5 * loads;
  // An A tile on the bus holds up the B tiles behind it for longer than the PEs have work.
  const double step = ceil_div(rows, lanes) * std::min(v, static_cast<double>(t.vectors_b)) * full_pass;
  const double hold_up = tiles.a / bus_width + tiles.b * used_columns * used_groups / bus_width - step;
  const double a_load_count = e.group_sets * moves.a_loads * used_rows * used_groups;
  cost.compute_cycles += std::max(0.0, hold_up) * a_load_count * (e.column_sets * e.b_tiles > 2 ? 0.5 : 1.0);
  const double output_bytes = packed(outputs, shape.output_bits());
  const double return_bytes = output_bytes + sums_bytes;
  cost.return_bus_cycles = return_bytes / machine.bus.return_bytes_per_cycle;

  // DRAM.
  const double a_dram = a_unique * bits.in_dram(p.a.kind) / shape.a_bits() * moves.a_fetches;
  const double b_dram = b_unique * bits.in_dram(p.b.kind) / shape.b_bits() * moves.b_fetches;
  // Bursts in flight hide the latency, or do not.
  const double round_trip = machine.dram.latency_cycles +
                            ceil_div(machine.dram.burst_bytes, machine.dram.channel_bytes_per_cycle) + 3;
  const double dram_width =
      std::min(static_cast<double>(machine.dram.channels) * machine.dram.channel_bytes_per_cycle,
               static_cast<double>(machine.dma.outstanding_bursts) * machine.dram.burst_bytes / round_trip);
  const double dram_bytes = a_dram + b_dram + output_bytes;
  cost.dram_cycles = dram_bytes / dram_width;

  const double fill = machine.dram.latency_cycles + (tiles.a * used_rows + tiles.b * used_columns) *
                                                        used_groups * (1 / bus_width + 2 / dram_width);
  const double longest =
      std::max({cost.compute_cycles, cost.operand_bus_cycles, cost.return_bus_cycles, cost.dram_cycles});
  const double all =
      cost.compute_cycles + cost.operand_bus_cycles + cost.return_bus_cycles + cost.dram_cycles;
  cost.cycles = longest + kUnhidden * (all - longest) + fill;
  if (objective == Objective::cycles) return cost;

  const auto pj = [&](Event event) { return costs.pj(event); };
  const double a_reads =
      e.group_sets * used_groups * used_rows * row_blocks * v * e.column_sets * used_columns * vector_a;
  cost.energy_pj =
      (a_dram + b_dram) *
          (pj(Event::dram_read_byte) + pj(Event::dma_byte) + pj(Event::global_buffer_write_byte)) +
      output_bytes * (pj(Event::dram_write_byte) + pj(Event::dma_byte)) +
      bus_bytes * (pj(Event::global_buffer_read_byte) + pj(Event::operand_bus_byte)) +
      return_bytes * (pj(Event::return_bus_byte) + pj(Event::global_buffer_write_byte)) +
      a_bus * used_columns * (pj(Event::operand_bus_delivery_byte) + pj(Event::buffer_a_write_byte)) +
      b_bus * used_rows * (pj(Event::operand_bus_delivery_byte) + pj(Event::buffer_b_write_byte)) +
      sums_bytes * (2 * pj(Event::collector_transfer_byte) + pj(Event::buffer_a_write_byte) +
                    pj(Event::buffer_a_read_byte) + pj(Event::operand_bus_delivery_byte)) +
      a_reads * pj(Event::buffer_a_read_byte) + cost.cycles * pj_of_a_cycle(machine.pe, costs);
  return cost;
}

}  // namespace lnsim
