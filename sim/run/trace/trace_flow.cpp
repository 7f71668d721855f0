// Reading how values flow: names on operator lines, and lines of composed values.
#include <fmt/format.h>

#include <algorithm>

#include "sim/run/trace/trace_formulas.h"
#include "sim/run/trace/trace_reader.h"

namespace lnsim {
namespace {

constexpr std::int64_t kMostElements = std::int64_t{1} << 62;
constexpr int kDeepestValue = 1000;

std::optional<StridedPlaces> read_places(TraceLine& line, const char* path, std::size_t dimensions) {
  const auto numbers =
      line.integers(path, {0, kMostElements}, dimensions + 1, dimensions + 1, Need::required);
  if (!numbers) return std::nullopt;
  return StridedPlaces{numbers->front(), {numbers->begin() + 1, numbers->end()}};
}

// Whether every place lies in `elements` of them; checked extent by extent, so that nothing overflows.
bool are_within(const StridedPlaces& places, const std::vector<std::int64_t>& shape, std::int64_t elements) {
  std::int64_t last = places.first;
  for (std::size_t i = 0; i < shape.size() && last < elements; ++i) {
    if (shape[i] > 1 && places.strides[i] > (elements - 1 - last) / (shape[i] - 1)) return false;
    last += (shape[i] - 1) * places.strides[i];
  }
  return last < elements;
}

std::optional<ValuePart> read_part(TraceLine& line, std::int64_t elements) {
  ValuePart part;
  part.of = line.text("of", Need::required).value_or("");
  part.factor = line.real("factor", Need::optional).value_or(part.factor);
  if (!line.has("shape")) return part;
  const auto shape = line.integers("shape", kExtentRange, 0, kMostDimensions, Need::required);
  if (!shape) return std::nullopt;
  if (!element_count(*shape)) {
    line.mistake_at("shape", "at most 2^62 elements");
    return std::nullopt;
  }
  const auto from = read_places(line, "from", shape->size());
  const auto to = read_places(line, "to", shape->size());
  if (!from || !to) return std::nullopt;
  if (!are_within(*to, *shape, elements)) {
    line.mistake_at("to", fmt::format("places below {}", elements));
    return std::nullopt;
  }
  part.shape = *shape;
  part.from = *from;
  part.to = *to;
  return part;
}

std::optional<PoolingWindow> read_window(TraceLine& line) {
  PoolingWindow window;
  bool complete = true;
  const auto pair = [&](const char* path, std::int64_t lowest, std::array<std::int64_t, 2>& value) {
    const auto read = line.integers(path, {lowest, kExtentRange.highest}, 2, 2, Need::required);
    complete = complete && read;
    if (read) value = {(*read)[0], (*read)[1]};
  };
  pair("window.kernel", 1, window.kernel);
  pair("window.stride", 1, window.stride);
  pair("window.pad", 0, window.pad);
  pair("window.dilation", 1, window.dilation);
  return complete ? std::optional(window) : std::nullopt;
}

}  // namespace

ValueFlow read_value_flow(TraceLine& line, const std::map<std::string, TensorInfo>& tensors) {
  ValueFlow flow;
  flow.inputs = line.texts("in", Need::optional).value_or(flow.inputs);
  flow.outputs = line.texts("out", Need::optional).value_or(flow.outputs);
  flow.parameters = line.texts("params", Need::optional).value_or(flow.parameters);
  flow.epsilon = line.real("eps", Need::optional);
  if (line.has("window")) flow.window = read_window(line);
  flow.result_shape = line.integers("out_shape", kExtentRange, 0, kMostDimensions, Need::optional)
                          .value_or(flow.result_shape);
  for (std::size_t i = 0; i < flow.parameters.size(); ++i) {
    if (!tensors.contains(flow.parameters[i])) line.mistake_at("params", i, "a key of a `tensor` line");
  }
  return flow;
}

void read_trace_value(TraceLine& line, std::map<std::string, ComposedValue>& values) {
  const auto name = line.text("value", Need::required);
  if (!name) return;
  const bool is_new = !values.contains(*name);
  ComposedValue& value = values[*name];
  if (line.has("because")) {
    value.because = line.text("because", Need::required).value_or("");
    return;
  }
  const auto elements = line.integer("elements", {1, kMostElements}, Need::required);
  if (!elements) return;
  if (!is_new && value.because.empty() && *elements != value.elements) {
    line.mistake_at("elements", fmt::format("{}, as in the value's other lines", value.elements));
    return;
  }
  value.elements = *elements;
  if (auto part = read_part(line, *elements)) value.parts.push_back(std::move(*part));
}

ValueCheck::ValueCheck(const Trace& trace) : trace_(&trace) {
  for (const TraceOperation& operation : trace.operations) {
    made_.insert(operation.out);
    made_.insert(operation.flow.outputs.begin(), operation.flow.outputs.end());
  }
}

void ValueCheck::operator()(TraceLine& line) {
  const std::string of = line.text("of", Need::optional).value_or("");
  if (!of.empty() && !made_.contains(of) && !trace_->tensors.contains(of) && !trace_->values.contains(of))
    line.mistake_at("of", "a key of a `tensor` or `value` line, or an `out` of a line");
  const std::string name = line.text("value", Need::optional).value_or("");
  if (depth(name, 0) >= kDeepestValue)
    line.mistake_at("value", fmt::format("a value of at most {} others behind each other, and not of itself",
                                         kDeepestValue));
}

// kDeepestValue where there are more, as in a cycle.
int ValueCheck::depth(const std::string& name, int above) {
  const auto value = trace_->values.find(name);
  if (value == trace_->values.end()) return 0;
  const auto known = depths_.find(name);
  if (known != depths_.end()) return known->second;
  if (above >= kDeepestValue) return kDeepestValue;
  int deepest = 0;
  for (const ValuePart& part : value->second.parts) {
    deepest = std::max(deepest, depth(part.of, above + 1));
    if (deepest >= kDeepestValue) break;
  }
  return depths_[name] = std::min(deepest + 1, kDeepestValue);
}

}  // namespace lnsim
