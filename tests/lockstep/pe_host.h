// The surroundings of PEs that are compared with their twins.
#pragma once

#include <cstddef>
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
};

class PeHost {
 public:
  virtual ~PeHost() = default;

  // All steps of the cycle `now` have been made. Called once in every cycle, before the PEs are asked for.
  virtual void look(Cycle now) = 0;
  // What PE `pe` of those that are compared was given in that cycle.
  virtual const PeGiven& given(std::size_t pe) const = 0;
  // Commands whose last packet has arrived in that cycle, once per PE.
  virtual const std::vector<std::uint32_t>& produced() const = 0;
  // Counters that others than the PEs have advanced in that cycle.
  virtual const std::vector<Counter>& advanced() const = 0;
  // The program is finished and has been for a while, or was given up.
  virtual bool over() const = 0;
  virtual void give_up() = 0;
};

}  // namespace lnsim::lockstep
