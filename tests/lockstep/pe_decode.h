// A program's PE commands and loads as one PE sees them, for its twin's ports.
#pragma once

#include <optional>
#include <vector>

#include "models/compute/slice.h"
#include "models/control/program.h"
#include "tests/lockstep/pe_data.h"
#include "tests/lockstep/pe_twin.h"

namespace lnsim::lockstep {

class PeDecoder {
 public:
  PeDecoder(const Program& program, std::uint32_t position) : program_(program), position_(position) {}

  // Commands in program order; `ordinal` counts those for the PEs.
  PeCommand decode(std::size_t command, std::uint32_t ordinal, const PeData& data) const;

  // Whether a load reaches this PE, and as how many bytes.
  std::optional<std::uint64_t> bytes_of(const Load& load) const;

  // The writes that fill the slot with what command `command`, a load, brings.
  std::vector<PeWrite> writes_of(std::size_t command, PeData& data, const PeMachine& machine) const;

 private:
  const OperandTile& tile_in(LoadTarget target, std::uint8_t slot, std::size_t command) const;
  const Compute& reader_of_sums(std::size_t command) const;
  PeCommand decode_vector_work(const VectorWork& work, PeCommand decoded) const;

  const Program& program_;
  std::uint32_t position_;
};

}  // namespace lnsim::lockstep
