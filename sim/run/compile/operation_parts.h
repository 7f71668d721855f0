// Operations too large for one program of tile commands.
//
// Such an operation is run as several smaller ones of its kind, one after the other, each from an idle
// machine: the host hands over one program at a time. A product is cut along its batch, rows or columns,
// never along its contraction; operators without a product, and updates, by elements. The sizes up to which
// one program is written are our choice: a part takes some hundred thousand cycles, so that the drain between
// two of them costs about a thousandth, and programs stay within some ten megabytes.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/run/config/run_config.h"
#include "sim/run/trace/trace.h"

namespace lnsim {

struct OperationPart {
  TraceOperation operation;
  std::uint64_t repeats = 1;
};

// One part, the operation itself, unless it is too large. Convolutions and recorded operations are never cut.
std::vector<OperationPart> operation_parts(const TraceOperation& operation, const RunConfig& config);

}  // namespace lnsim
