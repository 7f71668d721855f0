// GlobalBuffer: the on-chip memory shared by all PEs; single-ported banks, consecutive words in consecutive
// banks.
//
// Latency: a beat asked for in cycle t is arbitrated in t + 1 at the earliest, and its grant is seen in t
// + 2. Throughput: per cycle, one beat per port and one access per bank. Ports whose beats need a common bank
// take turns: they are looked at from a starting port on, and the start moves by one after every cycle in
// which a port had to wait, so that none waits for ever. Parameters: GlobalBufferParameters (capacity, banks,
// bank width). Channels: in: requests of each port; out: its grants. Counters: global_buffer.read_byte,
// global_buffer.write_byte. State: the starting port. The bytes themselves are kept by TileData. Errors: a
// beat beyond the capacity is a ModelError.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "models/control/run_state.h"
#include "models/memory/buffer_port.h"
#include "sim/base/unit.h"

namespace lnsim {

enum class BufferClient : std::uint8_t {
  dma_write,
  dma_read,
  operand_bus,
  return_bus,
  update_read,
  update_write,
  count
};
inline constexpr std::size_t kBufferClients = static_cast<std::size_t>(BufferClient::count);

class GlobalBuffer final : public MachineUnit {
 public:
  GlobalBuffer(const sc_core::sc_module_name& name, Simulation& simulation,
               const GlobalBufferParameters& parameters, RunState& run,
               const std::array<BufferPort, kBufferClients>& ports);

  void reset() override;
  std::string state() const override;
  void image(StateImage& image) const override { image.number(start_); }  // the beats are in the clients'
  void list(SignalList& signals) const override;

  // The banks a beat needs, as a bit mask.
  std::uint64_t banks_of(const BufferBeat& beat) const;

 protected:
  void step(Cycle now) override;

 private:
  void serve(std::size_t client, const BufferBeat& beat, Cycle now);

  GlobalBufferParameters parameters_;
  std::uint64_t capacity_bytes_;
  unsigned word_shift_;
  RunState& run_;
  std::array<BufferPort, kBufferClients> ports_;
  BitSet asking_;  // ports_ with requests
  std::size_t start_ = 0;
};

}  // namespace lnsim
