// Operands of a recorded product, in the order in which a PE's lane takes them.
#pragma once

#include "tools/characterise/operand_stream.h"

namespace lnsim::characterise {

// Random rows of A and random tiles of as many columns of B as the collector has entries, each over the whole
// contraction, the tensors rounded to the design's formats at one scale each. Throws UserError.
std::unique_ptr<OperandStream> make_recorded_stream(const StreamParameters& stream,
                                                    const DesignParameters& design, std::uint64_t seed,
                                                    const std::filesystem::path& folder);

}  // namespace lnsim::characterise
