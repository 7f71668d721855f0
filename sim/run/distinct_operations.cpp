#include "sim/run/distinct_operations.h"

#include <string>
#include <unordered_map>
#include <utility>

#include "sim/run/compile/operation_parts.h"
#include "sim/run/compile/signature.h"

namespace lnsim {

DistinctOperations::DistinctOperations(const Trace& trace, const RunConfig& config) {
  std::unordered_map<std::string, std::size_t> numbers;
  for (const TraceOperation& operation : trace.operations) {
    parts.emplace_back();
    for (OperationPart& part : operation_parts(operation, config)) {
      const auto [entry, is_new] =
          numbers.try_emplace(operation_signature(part.operation, config), operations.size());
      if (is_new) operations.push_back(std::move(part.operation));
      parts.back().push_back({entry->second, part.repeats});
    }
  }
}

}  // namespace lnsim
