// What the parameters of a PE's twin mean to the C++ side.
#pragma once

#include <cstdint>
#include <memory>

#include "models/parameters.h"
#include "tests/lockstep/model_table.h"

namespace lnsim::lockstep {

struct PeMachine {
  // For rows of pe.
  explicit PeMachine(const ModelRow& row);

  // Buffers as large as the twin's; of the rest of a machine, what its PE sees.
  AcceleratorParameters parameters;
  std::uint32_t packet_entries;
  std::uint32_t write_vectors;
  // Operand and output formats, the lanes' arithmetic.
  std::unique_ptr<const arith::NumberFormat> a, b, output;
  std::unique_ptr<const arith::Datapath> datapath;

  std::uint32_t bits_a() const { return a->storage_bits(); }
  std::uint32_t bits_b() const { return b->storage_bits(); }
  // A step of A's scale in steps of the quantiser's grid.
  std::int32_t grid_steps;
};

}  // namespace lnsim::lockstep
