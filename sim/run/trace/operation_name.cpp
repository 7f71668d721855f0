#include "sim/run/trace/operation_name.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "sim/base/errors.h"

namespace lnsim {

std::size_t operation_named(const Trace& trace, const std::string& name, const std::string& option) {
  std::vector<std::string> names;
  for (const TraceOperation& operation : trace.operations) {
    names.push_back(
        fmt::format("{}:{}", operation.layer, kPassNames[static_cast<std::size_t>(operation.pass)]));
    const bool has_number = operation.index && name == fmt::format("{}", *operation.index);
    if (name == names.back() || has_number) return names.size() - 1;
  }
  const std::string nearest = nearest_name(name, names);
  throw UserError(Diagnostic{{},
                             option,
                             name,
                             "LAYER:PASS of the trace, or the number of one of its operations" +
                                 (nearest.empty() ? "" : ": did you mean " + nearest + "?")});
}

}  // namespace lnsim
