// What of a machine decides the cycles and events of an operation: machines that agree in it share its run.
#pragma once

#include <array>
#include <map>
#include <string>
#include <utility>

#include "sim/base/hash.h"
#include "sim/run/compile/operators.h"
#include "sim/run/compile/product_shape.h"
#include "sim/run/config/run_config.h"
#include "sim/run/energy/energy_table.h"
#include "sim/run/trace/trace.h"

namespace lnsim {

// Of number formats only the widths of the tensors that an operation reads and writes count, of units those
// that its commands go to, of the datapath the accumulator's width and the pipeline's depth, and the costs
// only where the mapper weighs energies.
class OperationKeys {
 public:
  OperationKeys(const RunConfig& config, const EnergyCosts& costs);

  // Equal keys of operations of one trace: equal mapping, PEs used, cycles and causes, and equal events but
  // for those that pass with time (models/cycle_events.h). Throws UserError as compile does.
  Fingerprint of(const TraceOperation& operation, const Trace& trace) const;

 private:
  std::string widths(const TraceOperation& operation, const Trace& trace, OperatorKind kind) const;

  const RunConfig& config_;
  KindBits bits_;
  std::map<std::pair<TensorKind, TensorKind>, std::string> accumulators_;  // by operands
  std::array<Fingerprint, 3> machines_;  // by OperatorKind: what such operations use of it
};

}  // namespace lnsim
