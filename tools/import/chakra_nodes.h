// Makes of a Chakra trace's operators the nodes that PyTorch's own execution trace would have.
#pragma once

#include <string>
#include <vector>

#include "tools/import/chakra_operators.h"
#include "tools/import/pytorch_nodes.h"

namespace lnsim::chakra {

// Operators that PyTorch runs as several get the ones that do the work; backward operators get the functions
// that link them to the forward ones, gradients of parameters the operator that takes them up, and what runs
// between a backward pass and the next forward one is the optimizer's. Throws UserError for arguments that do
// not fit the operator.
std::vector<pytorch::Node> nodes_of(std::vector<Operator> operators, const std::string& file);

}  // namespace lnsim::chakra
