// Programs of operators that run on the vector units, chunk by chunk through the global buffer.
#pragma once

#include <cstdint>

#include "models/control/program.h"
#include "models/parameters.h"
#include "sim/run/compile/operators.h"
#include "sim/run/compile/product_shape.h"

namespace lnsim {

// The data stream through all PEs: fetch, scatter over the PEs, work, write back. A second sweep fetches
// again unless everything fits the global buffer at once. `elements` >= 1.
Program vector_program(const VectorOperator& op, std::uint64_t elements, const AcceleratorParameters& machine,
                       const KindBits& bits);

}  // namespace lnsim
