// The recorded step after the replayed one: what its weights were when it began.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "sim/run/trace/trace.h"

namespace lnsim {

// Several threads may use it.
class NextStep {
 public:
  // The trace must outlive it. Throws what TensorStore throws, and UserError for a trace without operands.
  explicit NextStep(const Trace& trace);

  // Whether it records weights of any of the parameters that these operations update.
  bool continues(const Trace& trace) const;
  // Of the parameter that this update is of; nothing where the next step records no weights of that name and
  // shape.
  std::optional<std::vector<double>> weights_of(const TraceOperation& update) const;

 private:
  const UpdateRecord* record_of(const TraceOperation& update) const;

  const Trace* trace_;
  TensorStore store_;
  mutable std::mutex reading_;  // an archive is read by one thread at a time
};

}  // namespace lnsim
