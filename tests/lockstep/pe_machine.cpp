#include "tests/lockstep/pe_machine.h"

#include <algorithm>

#include "tests/lockstep/lane_parameters.h"

namespace lnsim::lockstep {

PeMachine::PeMachine(const ModelRow& row) {
  const auto number = [&](const char* parameter) { return static_cast<std::uint32_t>(row.at(parameter)); };
  const LaneParameters lane = lns_lane_parameters(row);
  parameters.datapath = lane.datapath;
  parameters.datapath.quantiser_bits = number("QUANTISER_BITS");
  parameters.datapath.midpoint = static_cast<arith::Midpoint>(row.at("midpoint"));
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
  arith::FormatParameters out;
  out.bits = number("B_OUT");
  out.gamma = 1u << number("LOG2_GAMMA_OUT");
  out.zero = static_cast<arith::ZeroCode>(row.at("ZERO_OUT"));
  out.underflow = static_cast<arith::Underflow>(row.at("FLUSH"));
  a = arith::make_format(lane.a);
  b = arith::make_format(lane.b);
  output = arith::make_format(out);
  datapath = arith::make_datapath(parameters.datapath, *a, *b);
  const unsigned grid = std::max({lane.a.gamma, lane.b.gamma, out.gamma});
  grid_steps = static_cast<std::int32_t>(grid / lane.a.gamma);
}

}  // namespace lnsim::lockstep
