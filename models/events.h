// Everything a unit counts that costs energy. Units count events; joules are joined afterwards from a table
// file.
//
// One row per event: its name in energy tables and reports, the component of the report's breakdown it
// belongs to, and what one count means. An energy table must name a cost for every row (zero is written,
// never implied).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace lnsim {

enum class Event : std::uint8_t {
  dram_read_byte,
  dram_write_byte,
  dma_byte,
  global_buffer_read_byte,
  global_buffer_write_byte,
  operand_bus_byte,
  operand_bus_delivery_byte,
  return_bus_byte,
  buffer_a_write_byte,
  buffer_a_read_byte,
  buffer_b_write_byte,
  buffer_b_read_byte,
  datapath_mac,
  datapath_idle_mac,
  collector_accumulate,
  collector_transfer_byte,
  ppu_value,
  vector_unit_operation,
  weight_update_parameter,
  control_command,
  global_buffer_leakage_cycle,
  buffer_a_leakage_cycle,
  buffer_b_leakage_cycle,
  datapath_leakage_cycle,
  datapath_idle_cycle,
  pe_leakage_cycle,
  pe_clock_cycle,
  system_leakage_cycle,
  system_clock_cycle,
  count
};
inline constexpr std::size_t kEventCount = static_cast<std::size_t>(Event::count);

// The three accounting levels. Published figures count one of the first two; a report prints all and never
// mixes them.
enum class EnergyLevel : std::uint8_t { datapath, processing_element, system };

struct EventRow {
  Event event;
  std::string_view name;       // key in energy tables
  std::string_view component;  // key of energy_pj_by_component
  EnergyLevel level;           // the innermost level that includes it; outer levels include inner ones
  std::string_view one;        // what one count is
};

inline constexpr std::array<EventRow, kEventCount> kEvents{{
    {Event::dram_read_byte, "dram.read_byte", "dram", EnergyLevel::system, "byte read from DRAM"},
    {Event::dram_write_byte, "dram.write_byte", "dram", EnergyLevel::system, "byte written to DRAM"},
    {Event::dma_byte, "dma.byte", "dma", EnergyLevel::system, "byte moved by the DMA engine, DRAM side"},
    {Event::global_buffer_read_byte, "global_buffer.read_byte", "global_buffer", EnergyLevel::system,
     "byte read"},
    {Event::global_buffer_write_byte, "global_buffer.write_byte", "global_buffer", EnergyLevel::system,
     "byte written"},
    {Event::operand_bus_byte, "operand_bus.byte", "operand_bus", EnergyLevel::system,
     "byte driven onto the operand bus, once per transfer"},
    {Event::operand_bus_delivery_byte, "operand_bus.delivery_byte", "operand_bus", EnergyLevel::system,
     "byte received, once per receiving PE"},
    {Event::return_bus_byte, "return_bus.byte", "return_bus", EnergyLevel::system,
     "byte from a PE to the global buffer"},
    {Event::buffer_a_write_byte, "buffer_a.write_byte", "buffer_a", EnergyLevel::processing_element,
     "byte written"},
    {Event::buffer_a_read_byte, "buffer_a.read_byte", "buffer_a", EnergyLevel::processing_element,
     "byte read"},
    {Event::buffer_b_write_byte, "buffer_b.write_byte", "buffer_b", EnergyLevel::processing_element,
     "byte written"},
    {Event::buffer_b_read_byte, "buffer_b.read_byte", "buffer_b", EnergyLevel::processing_element,
     "byte read"},
    {Event::datapath_mac, "datapath.mac", "datapath", EnergyLevel::datapath, "useful multiply-accumulate"},
    {Event::datapath_idle_mac, "datapath.idle_mac", "datapath", EnergyLevel::datapath,
     "multiplier slot of a working beat that holds padding or no operand"},
    {Event::collector_accumulate, "collector.accumulate", "collector", EnergyLevel::processing_element,
     "read-add-write of one lane's accumulator"},
    {Event::collector_transfer_byte, "collector.transfer_byte", "collector", EnergyLevel::processing_element,
     "byte of a partial sum spilled or restored"},
    {Event::ppu_value, "ppu.value", "ppu", EnergyLevel::processing_element, "value scaled and quantised"},
    {Event::vector_unit_operation, "vector_unit.operation", "vector_unit", EnergyLevel::processing_element,
     "elementary operation on one element"},
    {Event::weight_update_parameter, "weight_update.parameter", "weight_update",
     EnergyLevel::processing_element, "parameter updated"},
    {Event::control_command, "control.command", "control", EnergyLevel::system, "command issued"},
    {Event::global_buffer_leakage_cycle, "global_buffer.leakage_cycle", "leakage", EnergyLevel::system,
     "cycle of the global buffer"},
    {Event::buffer_a_leakage_cycle, "buffer_a.leakage_cycle", "leakage", EnergyLevel::processing_element,
     "cycle of one PE's BufferA"},
    {Event::buffer_b_leakage_cycle, "buffer_b.leakage_cycle", "leakage", EnergyLevel::processing_element,
     "cycle of one PE's BufferB"},
    {Event::datapath_leakage_cycle, "datapath.leakage_cycle", "leakage", EnergyLevel::datapath,
     "cycle of one lane, working or not"},
    {Event::datapath_idle_cycle, "datapath.idle_cycle", "clock", EnergyLevel::datapath,
     "cycle of one lane without a beat (its clock)"},
    {Event::pe_leakage_cycle, "pe.leakage_cycle", "leakage", EnergyLevel::processing_element,
     "cycle of one PE without its buffers and lanes"},
    {Event::pe_clock_cycle, "pe.clock_cycle", "clock", EnergyLevel::processing_element,
     "cycle of one PE, working or not"},
    {Event::system_leakage_cycle, "system.leakage_cycle", "leakage", EnergyLevel::system,
     "cycle of everything outside the PEs but the global buffer"},
    {Event::system_clock_cycle, "system.clock_cycle", "clock", EnergyLevel::system,
     "cycle of everything outside the PEs, clock tree included"},
}};

struct EventCounts {
  std::array<std::uint64_t, kEventCount> counts{};

  std::uint64_t& operator[](Event event) { return counts[static_cast<std::size_t>(event)]; }
  std::uint64_t operator[](Event event) const { return counts[static_cast<std::size_t>(event)]; }
  EventCounts& operator+=(const EventCounts& other) {
    for (std::size_t i = 0; i < kEventCount; ++i) counts[i] += other.counts[i];
    return *this;
  }
  bool operator==(const EventCounts&) const = default;
};

}  // namespace lnsim
