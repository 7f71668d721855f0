// Program of a parameter tensor's weight update: stored weights, gradients and optimizer state stream through
// the global buffer and the weight-update units; weights and state go back.
#pragma once

#include <cstdint>

#include "models/control/program.h"
#include "models/parameters.h"
#include "sim/run/compile/product_shape.h"

namespace lnsim {

// `parameters` >= 1. The update is in place: what is written lies where the weights and the state were read.
Program update_program(std::uint64_t parameters, const AcceleratorParameters& machine, const KindBits& bits);

}  // namespace lnsim
