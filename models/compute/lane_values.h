// The values inside a PE's vector lanes: A registers, accumulators, and the arithmetic on them, without time.
// Exists only where a program carries values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "models/arith/lane_switching.h"
#include "models/compute/aligned_bytes.h"
#include "models/compute/operand_buffers.h"
#include "models/control/tile_data.h"

namespace lnsim {

class LaneValues {
 public:
  LaneValues(std::uint32_t lanes, std::uint32_t vector_size) : lanes_(lanes), vector_size_(vector_size) {}

  // Sizes the registers for the program's datapath; `switching`: what switches is to be counted.
  void begin(TileData& data, std::uint32_t collector_entries, bool switching);

  // Loads the A vectors of `rows` rows from `first_row` on, of one vector of the contraction, into the lanes.
  void hold_a(const OperandBuffers::Area& a, std::uint32_t first_row, std::uint32_t rows,
              std::uint32_t vector);
  // Multiplies the held vectors by one B vector, into the accumulators of collector entry `entry`.
  void beat(const OperandBuffers::Area& b, std::uint32_t column, std::uint32_t vector, std::uint32_t rows,
            std::uint32_t entry, arith::DotCounts& counts);

  void clear(std::uint32_t entry) { datapath_->clear(accumulators(entry), lanes_); }
  // Since the program began; zeros unless it is counted.
  arith::SwitchingCounts switching() const {
    return switching_ ? switching_->counts() : arith::SwitchingCounts{};
  }
  std::byte* accumulators(std::uint32_t entry) { return accumulators_.data() + entry * entry_bytes_; }

 private:
  std::uint32_t lanes_;
  std::uint32_t vector_size_;
  const arith::Datapath* datapath_ = nullptr;
  std::size_t vector_bytes_ = 0;
  std::size_t entry_bytes_ = 0;
  AlignedBytes a_;
  AlignedBytes accumulators_;
  std::optional<arith::LaneSwitching> switching_;
  AlignedBytes accumulators_before_;  // of one entry, with switching_
};

}  // namespace lnsim
