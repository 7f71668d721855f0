#include "tests/lockstep/pe_machine.h"

#include "tests/lockstep/lane_parameters.h"

namespace lnsim::lockstep {

PeMachine::PeMachine(const ModelRow& row) {
  const auto number = [&](const char* parameter) { return static_cast<std::uint32_t>(row.at(parameter)); };
  const LaneParameters lane = lns_lane_parameters(row);
  parameters.datapath = lane.datapath;
  PeParameters& pe = parameters.pe;
  pe.count = 1;
  pe.lanes = number("LANES");
  pe.vector_size = number("V");
  pe.collector_entries = number("ENTRIES");
  pe.buffer_a = {number("BUFFER_A_BYTES"), number("PORT_A_BYTES")};
  pe.buffer_b = {number("BUFFER_B_BYTES"), number("PORT_B_BYTES")};
  pe.ppu = {number("PPU_VALUES"), number("PPU_LATENCY")};
  pe.vector_unit = {number("VECTOR_OPERATIONS"), number("VECTOR_LATENCY")};
  parameters.bus.return_bytes_per_cycle = number("RETURN_BYTES");
  parameters.global_buffer.banks = number("BANKS");
  parameters.global_buffer.bank_bytes = number("BANK_BYTES");
  parameters.control.queue_depth = number("QUEUE_DEPTH");
  packet_entries = number("PACKET_ENTRIES");
  write_vectors = number("WRITE_VECTORS");
  parameters.formats.weight = parameters.formats.activation = lane.a;
  a = arith::make_format(lane.a);
  b = arith::make_format(lane.b);
  output = arith::make_format(lane.a);
  datapath = arith::make_datapath(lane.datapath, *a, *b);
}

}  // namespace lnsim::lockstep
