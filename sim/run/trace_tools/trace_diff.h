// What differs between two traces.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "sim/run/progress.h"
#include "sim/run/replay/numeric_error.h"
#include "sim/run/trace/trace.h"

namespace lnsim {

// A value of a manifest line; null where the line has none.
struct ChangedValue {
  std::string path;  // for example gemm.M
  nlohmann::ordered_json a, b;
};

enum class Change : std::uint8_t { removed, added, changed };

struct OperationChange {
  Change change = Change::changed;
  std::string layer;
  std::string op;
  Pass pass = Pass::forward;
  std::vector<ChangedValue> values;  // changed only
};

struct TensorChange {
  Change change = Change::changed;
  std::string key;
  std::vector<ChangedValue> values;  // shape and dtype
  // Elements of B against A; absent where the shapes differ.
  std::optional<ErrorFigures> figures;
};

struct TraceDiff {
  std::vector<ChangedValue> header;  // all but where the trace is from and the name of its tensor file
  std::vector<OperationChange> operations;
  bool reordered = false;  // operations that both have stand in another order
  std::vector<TensorChange> tensors;

  bool equal() const { return header.empty() && operations.empty() && !reordered && tensors.empty(); }
};

// Operations are the same when layer, operator, pass, operand and parameter are, the first of them in A with
// the first of them in B and so on; tensors when their keys are. Tensors are read a block at a time. Throws
// what TensorStore throws.
TraceDiff diff_traces(const Trace& a, const Trace& b, const Progress& progress);

std::string diff_text(const TraceDiff& diff);
nlohmann::ordered_json diff_json(const Trace& a, const Trace& b, const TraceDiff& diff);

}  // namespace lnsim
