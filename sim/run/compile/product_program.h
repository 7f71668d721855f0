// Writes the program of an operation's products, tiled as chosen.
//
// The global buffer is divided at compile time: results on their way out, spilled sums, and frames for the
// operands' pages. A page is fetched once while it stays; a product of no contraction writes zeros from one
// page that the PEs make. Results go back to DRAM as soon as a PE command has produced them; the run of bytes
// a write-back moves is one piece (our simplification: runs of a result tile that are shorter than a burst
// are not charged as whole bursts).
#pragma once

#include <stdexcept>
#include <vector>

#include "models/control/program.h"
#include "models/parameters.h"
#include "sim/run/compile/product_shape.h"
#include "sim/run/compile/tiling.h"

namespace lnsim {

// A tile turned out larger than its buffer, or its pages than the global buffer: try smaller ones.
class TilesDoNotFit : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// `tilings[i]` belongs to `shapes[i]`, which views the same two tensors as the others. Throws TilesDoNotFit.
Program product_program(std::vector<ProductShape>& shapes, const std::vector<Tiling>& tilings,
                        const AcceleratorParameters& machine, const KindBits& bits);

}  // namespace lnsim
