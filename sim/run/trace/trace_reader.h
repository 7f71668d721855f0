// The parts of reading a manifest: header, operator lines, tensor lines. read_trace (trace.h) puts them
// together.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "sim/run/trace/trace.h"
#include "sim/run/trace/trace_line.h"

namespace lnsim {

TraceHeader read_trace_header(TraceLine& line);

// Checks the operation in itself (shapes against the closed formulas, MACs) and its tensor references against
// `tensors`.
TraceOperation read_trace_operation(TraceLine& line, const std::map<std::string, TensorInfo>& tensors);

// Of an operator without a product; parameters must be among `tensors`.
ValueFlow read_value_flow(TraceLine& line, const std::map<std::string, TensorInfo>& tensors);

// Adds a part of a composed value, or why there is none.
void read_trace_value(TraceLine& line, std::map<std::string, ComposedValue>& values);

// Composed values come from what somebody makes, and not from themselves. The trace must have been read, and
// outlive it.
class ValueCheck {
 public:
  explicit ValueCheck(const Trace& trace);
  void operator()(TraceLine& line);  // that has a `value`

 private:
  int depth(const std::string& name, int above);

  const Trace* trace_;
  std::set<std::string> made_;         // by operators
  std::map<std::string, int> depths_;  // of those values that are known: how many lie behind each other
};

TensorInfo read_trace_tensor(TraceLine& line, const TraceHeader& header);

// Ranges that keep every product of extents in the simulator inside 64 bits.
inline constexpr IntegerRange kExtentRange{1, std::int64_t{1} << 31};
inline constexpr std::size_t kMostDimensions = 8;

}  // namespace lnsim
