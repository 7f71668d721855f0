// What a trace is: operators, work, parameters, tensors, and what the simulator leaves out of it.
#pragma once

#include <array>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "sim/base/errors.h"
#include "sim/run/trace/trace.h"
#include "sim/run/trace/trace_totals.h"
#include "sim/run/trace_tools/tensor_role.h"

namespace lnsim {

struct OperatorCount {
  std::string op;
  std::array<std::uint64_t, kPassNames.size()> passes{};  // index: Pass
};

struct TensorCount {
  TensorRole role = TensorRole::other;
  std::uint64_t tensors = 0;
  std::uint64_t values = 0;
  std::uint64_t bytes = 0;  // of the elements as stored, before compression
};

struct TraceInfo {
  std::uint64_t layers = 0;              // distinct names
  std::vector<OperatorCount> operators;  // in the order of the trace
  TraceTotals totals;
  std::vector<TensorCount> tensors;          // by role
  std::uint64_t products_with_operands = 0;  // and with results: their values can be replayed
  std::uint64_t updates_with_operands = 0;
  std::uint64_t updates_with_results = 0;
  // Operations that a run refuses, with their lines.
  std::vector<Diagnostic> not_simulated;
};

// Looks at the manifest alone. Throws UserError as trace_totals does.
TraceInfo trace_info(const Trace& trace);

std::string info_table(const Trace& trace, const TraceInfo& info);
nlohmann::ordered_json info_json(const Trace& trace, const TraceInfo& info);

}  // namespace lnsim
