// Which operator does the work of one that PyTorch runs as several.
#pragma once

#include <string_view>

#include "tools/import/chakra_operators.h"

namespace lnsim::chakra {

// Of a forward operator: a matrix product or a convolution where its arguments are those of one, the operator
// itself where it calls no other. As long-lived as the operator's name.
std::string_view worker_of(const Operator& op);

}  // namespace lnsim::chakra
