#include "sim/run/trace/trace_reader.h"

#include <fmt/format.h>

#include <set>

#include "sim/run/trace/manifest_lines.h"
#include "sim/run/trace/npy.h"

namespace lnsim {

namespace {

const std::vector<std::string> kFormats{"lns-layertrace/0", "lns-layertrace/1"};

constexpr std::size_t kMostDependencies = 4096;

// The tensor kinds of `numerics`: weights, activations, errors (output gradients), weight gradients.
constexpr std::array<std::string_view, 4> kTensorKinds{"W", "A", "E", "G"};

void read_numerics(TraceLine& line, TraceHeader& header) {
  for (const std::string_view kind : kTensorKinds) {
    const std::string path = fmt::format("numerics.{}", kind);
    const auto format = line.integers(path, {1, 1 << 20}, 2, 2, Need::optional);
    if (format)
      header.numerics[std::string(kind)] = {static_cast<int>((*format)[0]), static_cast<int>((*format)[1])};
  }
  header.underflow =
      line.choice("numerics.underflow", {"clamp", "flush"}, "one of", Need::optional).value_or("");
}

TraceSample read_sample(TraceLine& line) {
  TraceSample sample;
  sample.rows = line.integer("sample.rows", kExtentRange, Need::required).value_or(sample.rows);
  sample.seed = line.integer("sample.seed", {0, INT64_MAX}, Need::required).value_or(sample.seed);
  sample.of = line.text("sample.of", Need::required).value_or("");
  return sample;
}

// Every dependency points back, so that there is no cycle and the execution order respects all of them.
void check_dependencies(TraceLine& line, const std::set<std::int64_t>& earlier) {
  const auto dependencies = line.integers("deps", {0, INT64_MAX}, 0, kMostDependencies, Need::optional);
  if (!dependencies) return;
  for (std::size_t i = 0; i < dependencies->size(); ++i) {
    if (earlier.contains((*dependencies)[i])) continue;
    line.mistake_at("deps", i, "the `i` of an earlier line (anything else dangles or makes a cycle)");
  }
}

// Values are read after they have been made.
void check_flow(TraceLine& line, const TraceOperation& operation, const Trace& trace,
                std::set<std::string>& made) {
  const std::vector<std::string>& inputs = operation.flow.inputs;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (trace.tensors.contains(inputs[i]) || trace.values.contains(inputs[i]) || made.contains(inputs[i]))
      continue;
    line.mistake_at("in", i, "a key of a `tensor` or `value` line, or an `out` of an earlier line");
  }
  made.insert(operation.flow.outputs.begin(), operation.flow.outputs.end());
}

// Whether a line's text may have this key, which may be written with escapes.
bool may_have(std::string_view text, std::string_view quoted_key) {
  return text.find(quoted_key) != std::string_view::npos || text.find("\\u") != std::string_view::npos;
}

void add_tensor(TraceLine& line, Trace& trace) {
  TensorInfo tensor = read_trace_tensor(line, trace.header);
  const auto [known, added] = trace.tensors.emplace(tensor.key, tensor);
  if (!added)
    line.mistake_at("tensor", fmt::format("every tensor once (line {} has it)", known->second.line));
}

// Adds tensors and composed values to the trace and returns the numbers of their lines.
std::set<int> read_tensors_and_values(ManifestLines& lines, Trace& trace, Mistakes& mistakes) {
  std::set<int> numbers;
  while (lines.next()) {
    if (!may_have(lines.text(), "\"tensor\"") && !may_have(lines.text(), "\"value\"")) continue;
    Mistakes here;
    TraceLine line(trace.path.string(), lines.number(), std::string(lines.text()), here);
    if (line.has("tensor")) {
      add_tensor(line, trace);
    } else if (line.has("value")) {
      read_trace_value(line, trace.values);
    } else {
      continue;
    }
    numbers.insert(lines.number());
    mistakes.add(here);
  }
  return numbers;
}

// After all operators, which may make what a value is composed of, have been read without a mistake.
void check_values(ManifestLines& lines, const Trace& trace, Mistakes& mistakes) {
  if (trace.values.empty()) return;
  ValueCheck check(trace);
  lines.rewind();
  while (lines.next()) {
    if (!may_have(lines.text(), "\"value\"")) continue;
    TraceLine line(trace.path.string(), lines.number(), std::string(lines.text()), mistakes);
    if (line.has("value") && !line.has("tensor")) check(line);
  }
}

void read_operations(ManifestLines& lines, const std::set<int>& lines_of_others, Trace& trace,
                     Mistakes& mistakes) {
  std::set<std::int64_t> indices;
  std::set<std::string> made;
  while (lines.next()) {
    if (lines_of_others.contains(lines.number())) continue;
    TraceLine line(trace.path.string(), lines.number(), std::string(lines.text()), mistakes);
    if (!line.is_object()) continue;
    if (!line.has("op")) {
      line.mistake("", "neither", "`op` (an operator) or `tensor`");
      continue;
    }
    trace.operations.push_back(read_trace_operation(line, trace.tensors));
    check_dependencies(line, indices);
    check_flow(line, trace.operations.back(), trace, made);
    const std::optional<std::int64_t> index = trace.operations.back().index;
    if (index && !indices.insert(*index).second) line.mistake_at("i", "an index that no other line has");
  }
}

}  // namespace

TraceHeader read_trace_header(TraceLine& line) {
  TraceHeader header;
  header.format = line.choice("format", kFormats, "a format that is read", Need::required).value_or("");
  header.model = line.text("model", Need::optional).value_or("");
  header.source = line.text("source", Need::optional).value_or("");
  header.tensors = line.text("tensors", Need::optional).value_or("");
  header.learning_rate = line.real("lr", Need::optional);
  if (line.has("numerics")) read_numerics(line, header);
  if (line.has("sample")) header.sample = read_sample(line);
  return header;
}

TensorInfo read_trace_tensor(TraceLine& line, const TraceHeader& header) {
  TensorInfo tensor;
  tensor.line = line.number();
  tensor.key = line.text("tensor", Need::required).value_or("");
  tensor.shape =
      line.integers("shape", kExtentRange, 0, kMostDimensions, Need::required).value_or(tensor.shape);
  tensor.dtype = line.choice("dtype", npy_type_names(), "one of", Need::required).value_or("");
  tensor.file = line.text("file", Need::optional).value_or("");
  if (tensor.file.empty() && header.tensors.empty()) {
    line.mistake("file", "nothing", "a .npy file here, or `tensors` in the header");
  }
  if (line.has("lns")) line.mistake_at("lns", "tensors stored as values; codes are not read");
  return tensor;
}

Trace read_trace(const std::filesystem::path& path) {
  Trace trace;
  trace.path = path;
  Mistakes mistakes;
  ManifestLines lines(path);
  if (!lines.next()) {
    throw UserError(
        Diagnostic{{path.string()}, "", "an empty file", "a trace: a header line and operator lines"});
  }
  TraceLine header(path.string(), lines.number(), std::string(lines.text()), mistakes);
  // Without a header nothing after it can be judged, and another version means other lines.
  mistakes.throw_if_any();
  trace.header = read_trace_header(header);
  if (trace.header.format.empty()) mistakes.throw_if_any();
  // Operators stand in front of the tensors that they are checked against.
  const std::set<int> lines_of_others = read_tensors_and_values(lines, trace, mistakes);
  lines.rewind();
  lines.next();
  read_operations(lines, lines_of_others, trace, mistakes);
  if (!mistakes.any()) check_values(lines, trace, mistakes);
  if (trace.operations.empty() && !mistakes.any()) {
    mistakes.add({{path.string()}, "", "a header only", "at least one operator line"});
  }
  mistakes.throw_if_any();
  return trace;
}

}  // namespace lnsim
