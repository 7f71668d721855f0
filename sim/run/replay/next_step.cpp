#include "sim/run/replay/next_step.h"

#include <algorithm>

#include "sim/base/errors.h"

namespace lnsim {
namespace {

const Trace& with_operands(const Trace& trace) {
  if (trace.has_operands()) return trace;
  throw UserError(Diagnostic{
      {trace.path.string()}, "--next", "a trace of shapes", "the next step with recorded operands"});
}

}  // namespace

NextStep::NextStep(const Trace& trace) : trace_(&with_operands(trace)), store_(trace) {}

const UpdateRecord* NextStep::record_of(const TraceOperation& update) const {
  const auto found =
      std::find_if(trace_->operations.begin(), trace_->operations.end(), [&](const TraceOperation& o) {
        return o.update && o.update->parameter == update.update->parameter && o.shape == update.shape &&
               !o.update->w.empty();
      });
  return found == trace_->operations.end() ? nullptr : &*found->update;
}

bool NextStep::continues(const Trace& trace) const {
  return std::any_of(trace.operations.begin(), trace.operations.end(),
                     [&](const TraceOperation& o) { return o.update && record_of(o) != nullptr; });
}

std::optional<std::vector<double>> NextStep::weights_of(const TraceOperation& update) const {
  const UpdateRecord* record = record_of(update);
  if (record == nullptr) return std::nullopt;
  const std::lock_guard lock(reading_);
  return store_.read(record->before.empty() ? record->w : record->before).values;
}

}  // namespace lnsim
