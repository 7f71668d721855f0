#include "sim/run/energy/cost_quantities.h"

#include <algorithm>

#include "sim/run/energy/product_octaves.h"

namespace lnsim {
namespace {

double storage_bits(const arith::FormatParameters& format) {
  return arith::make_format(format)->storage_bits();
}

double accumulator_bits(const arith::DatapathParameters& datapath) {
  const bool is_narrow =
      datapath.kind == arith::DatapathKind::lns || datapath.kind == arith::DatapathKind::int8;
  return is_narrow ? datapath.accumulator_bits : 32;
}

// Clocked in every cycle: operand registers (an A vector per lane, a B vector for all) and one sum per lane
// and pipeline stage. Our count; the entries of the collector are clocked when they are written.
double register_bits(const AcceleratorParameters& machine) {
  const double vector = machine.pe.vector_size;
  const double lanes = machine.pe.lanes;
  const double operand =
      std::max({storage_bits(machine.formats.weight), storage_bits(machine.formats.activation),
                storage_bits(machine.formats.error)});
  return (lanes + 1) * vector * operand +
         lanes * machine.datapath.pipeline_stages * accumulator_bits(machine.datapath);
}

double collector_bits(const AcceleratorParameters& machine) {
  return static_cast<double>(machine.pe.lanes) * machine.pe.collector_entries *
         accumulator_bits(machine.datapath);
}

SramShape shape_of(const BufferParameters& buffer) {
  return {static_cast<double>(buffer.capacity_bytes) / buffer.banks, 8.0 * buffer.read_bytes_per_cycle,
          static_cast<double>(buffer.banks), static_cast<double>(buffer.ports)};
}

SramShape shape_of(const GlobalBufferParameters& buffer) {
  return {1024.0 * buffer.capacity_kib / buffer.banks, 8.0 * buffer.bank_bytes,
          static_cast<double>(buffer.banks), static_cast<double>(buffer.ports)};
}

}  // namespace

CostQuantities quantities_of(Event event, const AcceleratorParameters& machine) {
  CostQuantities quantities;
  const auto choose = [&](std::string_view name, std::string_view value) {
    quantities.choices[name] = value;
  };
  choose("datapath", arith::kDatapathKindNames[static_cast<std::size_t>(machine.datapath.kind)]);
  choose("optimizer", kOptimizerKindNames[static_cast<std::size_t>(machine.optimizer.kind)]);
  choose("DRAM", kDramTypeNames[static_cast<std::size_t>(machine.dram.type)]);
  choose("float accumulation",
         arith::kFloatAccumulationNames[static_cast<std::size_t>(machine.datapath.float_accumulation)]);

  std::map<std::string_view, double>& sizes = quantities.sizes;
  sizes["vector_size"] = machine.pe.vector_size;
  sizes["collector_entries"] = machine.pe.collector_entries;
  sizes["ns"] = 1.0 / machine.clock.frequency_ghz;
  if (machine.datapath.kind == arith::DatapathKind::lns) {
    sizes["table_entries"] = machine.datapath.table_entries;
    sizes["product_octaves"] = *product_octaves(machine);
  }
  const auto memory = [&](const auto& buffer, double capacity_bytes, SramQuantity quantity) {
    quantities.sram = shape_of(buffer);
    quantities.sram_quantity = quantity;
    sizes["capacity_bytes"] = capacity_bytes;
  };
  const auto global_buffer = [&](SramQuantity quantity) {
    memory(machine.global_buffer, 1024.0 * machine.global_buffer.capacity_kib, quantity);
  };
  const auto local = [&](const BufferParameters& buffer, SramQuantity quantity) {
    memory(buffer, buffer.capacity_bytes, quantity);
  };
  switch (event) {
    case Event::global_buffer_read_byte:
      global_buffer(SramQuantity::read);
      break;
    case Event::global_buffer_write_byte:
      global_buffer(SramQuantity::write);
      break;
    case Event::global_buffer_leakage_cycle:
      global_buffer(SramQuantity::leakage);
      break;
    case Event::buffer_a_read_byte:
      local(machine.pe.buffer_a, SramQuantity::read);
      break;
    case Event::buffer_a_write_byte:
      local(machine.pe.buffer_a, SramQuantity::write);
      break;
    case Event::buffer_a_leakage_cycle:
      local(machine.pe.buffer_a, SramQuantity::leakage);
      break;
    case Event::buffer_b_read_byte:
      local(machine.pe.buffer_b, SramQuantity::read);
      break;
    case Event::buffer_b_write_byte:
      local(machine.pe.buffer_b, SramQuantity::write);
      break;
    case Event::buffer_b_leakage_cycle:
      local(machine.pe.buffer_b, SramQuantity::leakage);
      break;
    case Event::operand_bus_byte:
      sizes["mm"] = machine.bus.operand_mm;
      break;
    case Event::return_bus_byte:
      sizes["mm"] = machine.bus.return_mm;
      break;
    case Event::system_clock_cycle:
      sizes["mm"] = machine.clock.tree_mm;
      break;
    case Event::datapath_leakage_cycle:
      sizes["register_bits"] = (register_bits(machine) + collector_bits(machine)) / machine.pe.lanes;
      [[fallthrough]];
    case Event::datapath_mac:
    case Event::datapath_idle_mac:
    case Event::datapath_idle_cycle:
      sizes["bits"] = storage_bits(machine.formats.weight);
      break;
    case Event::collector_accumulate:
    case Event::collector_transfer_byte:
      sizes["bits"] = accumulator_bits(machine.datapath);
      sizes["capacity_bytes"] = machine.pe.collector_entries * accumulator_bits(machine.datapath) / 8;
      break;
    case Event::ppu_value:
    case Event::vector_unit_operation:
      sizes["bits"] = storage_bits(machine.formats.activation);
      break;
    case Event::weight_update_parameter:
      sizes["bits"] = storage_bits(machine.formats.update);
      break;
    case Event::pe_clock_cycle:
      sizes["register_bits"] = register_bits(machine);
      break;
    case Event::pe_leakage_cycle:
      sizes["vector_operations"] = machine.pe.vector_unit.operations_per_cycle;
      break;
    case Event::system_leakage_cycle:
      sizes["update_lanes"] = static_cast<double>(machine.weight_update.count) * machine.weight_update.lanes;
      break;
    default:
      break;
  }
  return quantities;
}

}  // namespace lnsim
