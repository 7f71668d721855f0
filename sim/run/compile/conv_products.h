// The products of a convolution.
#pragma once

#include <vector>

#include "sim/run/compile/product.h"

namespace lnsim {

// One product, except for the input gradient: one per stride phase that has input pixels. Throws ModelError
// for a pass that has no product.
std::vector<Product> conv_products(const ConvDims& dims, Pass pass);

}  // namespace lnsim
