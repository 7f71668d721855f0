// Which operators of a Chakra trace run forward, backward or in the optimizer.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "tools/import/chakra_operators.h"

namespace lnsim::chakra {

enum class Phase : std::uint8_t { forward, backward, optimizer };

// Whether only a backward pass calls the operator.
bool is_backward_operator(std::string_view name);

// One per operator. The trace has no labels; a forward operator whose gradient is wanted has a sequence
// number. Backward is what runs on a thread of its own, or without sequence numbers from the first to the
// last operator that only a backward pass calls. What follows, up to the next sequence number, is the
// optimizer's.
std::vector<Phase> phases_of(const std::vector<Operator>& operators);

}  // namespace lnsim::chakra
