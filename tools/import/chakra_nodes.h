// Makes of a Chakra trace's operators the nodes that PyTorch's own execution trace would have.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "tools/import/chakra_operators.h"
#include "tools/import/chakra_phases.h"
#include "tools/import/pytorch_nodes.h"

namespace lnsim::chakra {

// Operators that PyTorch runs as several get the ones that do the work; backward operators get the functions
// that link them to the forward ones, gradients of parameters the operator that takes them up, and what runs
// between a backward pass and the next forward one is the optimizer's.
//
// The operators stand in call order, `phases` has as many; the step's begin at `first`, those in front of it
// are of the same forward and backward pass. Throws UserError for arguments that do not fit the operator.
pytorch::StepNodes nodes_of(std::vector<Operator> operators, std::span<const Phase> phases, std::size_t first,
                            const std::string& file);

}  // namespace lnsim::chakra
