// The surroundings of a PE that is compared with its twin.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "models/compute/output_packet.h"
#include "models/control/program.h"
#include "sim/base/clock.h"
#include "tests/lockstep/pe_twin.h"

namespace lnsim::lockstep {

// What the PE was given in a cycle.
struct PeGiven {
  std::optional<PeCommand> command;
  std::optional<PeWrite> write;
  bool ppu_ready = false, vector_ready = false;
  std::optional<OutputPacket> ppu, vector;  // at the front of the outputs
  std::vector<Counter> advanced;            // by others than this PE
  std::vector<std::uint32_t> produced;      // commands whose last packet has arrived
};

class PeHost {
 public:
  virtual ~PeHost() = default;

  // In the cycle `now`, all of whose steps have been made. Asked once in every cycle.
  virtual const PeGiven& given(Cycle now) = 0;
  // The program is finished and has been for a while, or was given up.
  virtual bool over() const = 0;
  virtual void give_up() = 0;
};

}  // namespace lnsim::lockstep
