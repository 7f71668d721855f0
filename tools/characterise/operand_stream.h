// What a lane sees: operands in the order in which a PE brings them.
//
// An A vector is held while B vectors stream past it, one for each entry of the accumulation collector, from
// entry 0 on; the next A vector is the next part of the same sums, or starts new ones.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "models/arith/number_format.h"
#include "tools/characterise/specification.h"

namespace lnsim::characterise {

// The beats of one A vector: codes of A, vector_size of them, and of the B vectors, one behind the other.
struct Hold {
  std::vector<arith::Code> a, b;
  bool first = false;  // the sums start from zero
};

class OperandStream {
 public:
  virtual ~OperandStream() = default;
  // Without end; equal seeds give equal streams.
  virtual Hold next() = 0;
};

// Throws UserError for a recorded stream whose trace does not have the layer, the pass or the operands; paths
// are relative to the folder.
std::unique_ptr<OperandStream> make_operand_stream(const StreamParameters& stream,
                                                   const DesignParameters& design, std::uint64_t seed,
                                                   const std::filesystem::path& folder);

// All operands zero: slots of a beat that hold padding.
std::unique_ptr<OperandStream> make_zero_stream(const DesignParameters& design);

}  // namespace lnsim::characterise
