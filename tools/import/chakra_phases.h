// Which operators of a Chakra trace run forward, backward or in the optimizer.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "tools/import/chakra_operators.h"
#include "tools/import/pytorch_steps.h"

namespace lnsim::chakra {

enum class Phase : std::uint8_t { forward, backward, optimizer };

// Whether only a backward pass calls the operator.
bool is_backward_operator(std::string_view name);

// One per operator. The trace has no labels; a forward operator whose gradient is wanted has a sequence
// number. Backward is what runs on a thread of its own, or without sequence numbers from the first to the
// last operator that only a backward pass calls. What follows, up to the next sequence number, is the
// optimizer's.
std::vector<Phase> phases_of(const std::vector<OperatorOutline>& operators);

// Ranges of operators.
std::vector<pytorch::StepRange> steps_of(const std::vector<OperatorOutline>& operators,
                                         const std::vector<Phase>& phases);

// The first operator of the forward and backward pass that operator `i` is in: what is in front of it has
// nothing to do with operator `i`.
std::size_t beginning_of_passes(const std::vector<Phase>& phases, std::size_t i);

}  // namespace lnsim::chakra
