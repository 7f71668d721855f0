// Where the values of a program come from and go to. Absent when only shapes are replayed: the machine then
// moves the same bytes in the same cycles.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "models/arith/datapath.h"
#include "models/control/program.h"

namespace lnsim {

// A column of results: accumulators of consecutive rows of one output column.
struct ResultColumn {
  std::uint32_t product = 0;
  std::uint32_t group = 0;
  std::uint32_t column = 0;
  std::uint32_t first_row = 0;
  std::uint32_t rows = 0;
};

class TileData {
 public:
  virtual ~TileData() = default;

  // The arithmetic of the lanes for this program.
  virtual const arith::Datapath& datapath() const = 0;

  // Fills packed operands, vector_size elements per vector, padding where the tile has none. `operand_a`:
  // row-major [row][vector][element]; `operand_b`: [column][vector][element].
  virtual void read_operand(LoadTarget target, const OperandTile& tile, std::byte* packed) = 0;

  // Partial sums of a column leave for the global buffer and come back, bit by bit.
  virtual void spill(const ResultColumn& where, const std::byte* accumulators) = 0;
  virtual void restore(const ResultColumn& where, std::byte* accumulators) = 0;

  // Finished sums reach the post-processing unit, which quantises them.
  virtual void emit(const ResultColumn& where, const std::byte* accumulators) = 0;

  // The update units have taken these parameters.
  virtual void update(const Update& update) = 0;
};

}  // namespace lnsim
