#include "sim/run/trace_tools/trace_info.h"

#include <algorithm>
#include <map>
#include <set>
#include <stdexcept>

#include "sim/run/compile/operators.h"
#include "sim/run/replay/replay.h"
#include "sim/run/replay/update_replay.h"
#include "sim/run/trace/npy.h"
#include "sim/run/trace/trace_formulas.h"

namespace lnsim {

namespace {

void count_operator(const TraceOperation& op, std::vector<OperatorCount>& operators) {
  auto row = std::find_if(operators.begin(), operators.end(),
                          [&](const OperatorCount& known) { return known.op == op.op; });
  if (row == operators.end()) row = operators.insert(row, {op.op, {}});
  ++row->passes.at(static_cast<std::size_t>(op.pass));
}

void count_values(const TraceOperation& op, TraceInfo& info) {
  if (op.gemm && has_operands(op)) ++info.products_with_operands;
  if (has_update_operands(op)) {
    ++info.updates_with_operands;
    info.updates_with_results += op.update->out.empty() ? 0 : 1;
  }
}

// What a run says of an operation that it has no operator or no update rule for.
void check_simulated(const TraceOperation& op, const Trace& trace, std::vector<Diagnostic>& not_simulated) {
  try {
    if (operator_kind(op, trace) == OperatorKind::vector) vector_operator(op, trace);
  } catch (const UserError& error) {
    not_simulated.insert(not_simulated.end(), error.diagnostics().begin(), error.diagnostics().end());
  }
  if (!has_update_operands(op)) return;
  try {
    optimizer_of({*op.update, {}, {}, {}, {}, {}, {}}, {});
  } catch (const std::invalid_argument&) {
    not_simulated.push_back(
        {{trace.path.string(), op.line}, "rule", op.update->rule, "madam_int, madam, sgd or adam"});
  }
}

std::vector<TensorCount> count_tensors(const Trace& trace) {
  std::map<TensorRole, TensorCount> counts;
  for (const auto& [key, place] : tensor_places(trace)) {
    const TensorInfo& tensor = trace.tensors.at(key);
    const auto values = static_cast<std::uint64_t>(element_count(tensor.shape).value_or(0));
    TensorCount& count = counts[place.role];
    count.role = place.role;
    ++count.tensors;
    count.values += values;
    count.bytes += values * npy_element_bytes(tensor.dtype);
  }
  std::vector<TensorCount> rows;
  for (const auto& count : counts) rows.push_back(count.second);
  return rows;
}

}  // namespace

TraceInfo trace_info(const Trace& trace) {
  TraceInfo info;
  std::set<std::string> layers;
  for (const TraceOperation& op : trace.operations) {
    layers.insert(op.layer);
    count_operator(op, info.operators);
    count_values(op, info);
    check_simulated(op, trace, info.not_simulated);
  }
  info.layers = layers.size();
  info.totals = trace_totals(trace);
  info.tensors = count_tensors(trace);
  return info;
}

}  // namespace lnsim
