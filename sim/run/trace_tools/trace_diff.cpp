#include "sim/run/trace_tools/trace_diff.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "sim/base/errors.h"
#include "sim/run/trace/trace_writer.h"

namespace lnsim {

namespace {

using Json = nlohmann::ordered_json;

// Values that are not objects, by dotted path.
void flatten(const Json& json, const std::string& path, std::map<std::string, Json>& values) {
  if (!json.is_object()) {
    values[path] = json;
    return;
  }
  for (const auto& [key, value] : json.items()) flatten(value, path.empty() ? key : path + "." + key, values);
}

std::vector<ChangedValue> changes_of(const Json& a, const Json& b) {
  std::map<std::string, Json> from, to;
  flatten(a, "", from);
  flatten(b, "", to);
  std::vector<ChangedValue> changes;
  for (const auto& [path, value] : from) {
    const auto other = to.find(path);
    if (other == to.end()) {
      changes.push_back({path, value, nullptr});
    } else if (other->second != value) {
      changes.push_back({path, value, other->second});
    }
  }
  for (const auto& [path, value] : to) {
    if (!from.contains(path)) changes.push_back({path, nullptr, value});
  }
  return changes;
}

Json comparable_header(const Trace& trace) {
  Json json = header_json(trace.header);
  json.erase("source");
  json.erase("tensors");
  return json;
}

Json comparable_operation(const TraceOperation& op) {
  Json json = operation_json(op);
  json.erase("i");
  return json;
}

// Of an operation: layer, operator, pass, operand, parameter, and which of those that have all these.
using Identity = std::tuple<std::string, std::string, Pass, std::string, std::string, std::size_t>;

std::vector<Identity> identities(const Trace& trace) {
  std::map<Identity, std::size_t> seen;
  std::vector<Identity> all;
  for (const TraceOperation& op : trace.operations) {
    Identity identity{op.layer, op.op, op.pass, op.operand, op.update ? op.update->parameter : "", 0};
    const std::size_t occurrence = seen[identity]++;
    std::get<std::size_t>(identity) = occurrence;
    all.push_back(std::move(identity));
  }
  return all;
}

std::map<Identity, std::size_t> places(const std::vector<Identity>& identities) {
  std::map<Identity, std::size_t> by_identity;
  for (std::size_t i = 0; i < identities.size(); ++i) by_identity.emplace(identities[i], i);
  return by_identity;
}

OperationChange change_of(const TraceOperation& op, Change change) {
  return {change, op.layer, op.op, op.pass, {}};
}

void diff_operations(const Trace& a, const Trace& b, TraceDiff& diff) {
  const std::vector<Identity> in_a = identities(a), in_b = identities(b);
  const std::map<Identity, std::size_t> places_a = places(in_a), places_b = places(in_b);
  std::size_t last = 0;
  for (std::size_t i = 0; i < in_a.size(); ++i) {
    const auto other = places_b.find(in_a[i]);
    if (other == places_b.end()) {
      diff.operations.push_back(change_of(a.operations[i], Change::removed));
      continue;
    }
    diff.reordered = diff.reordered || other->second < last;
    last = other->second;
    auto values = changes_of(comparable_operation(a.operations[i]), comparable_operation(b.operations[last]));
    if (values.empty()) continue;
    diff.operations.push_back(change_of(a.operations[i], Change::changed));
    diff.operations.back().values = std::move(values);
  }
  for (std::size_t i = 0; i < in_b.size(); ++i) {
    if (!places_a.contains(in_b[i])) diff.operations.push_back(change_of(b.operations[i], Change::added));
  }
}

// Figures of tensors that are read a block at a time; no SQNR, which would take a second reading.
ErrorFigures compare_blocks(TensorBlocks a, TensorBlocks b) {
  ErrorFigures figures;
  while (true) {
    const auto from = a.next(), to = b.next();
    if (from.empty()) return figures;
    figures.values += from.size();
    for (std::size_t i = 0; i < from.size(); ++i) {
      figures.differing += from[i] != to[i] ? 1 : 0;
      figures.max_error = std::max(figures.max_error, std::abs(to[i] - from[i]));
      figures.reference_max = std::max(figures.reference_max, std::abs(from[i]));
    }
  }
}

Json tensor_json(const TensorInfo& tensor) {
  return {{"shape", tensor.shape}, {"dtype", tensor.dtype}};
}

void diff_tensors(const Trace& a, const Trace& b, TraceDiff& diff, const Progress& progress) {
  std::optional<TensorStore> store_a, store_b;
  std::size_t done = 0;
  for (const auto& [key, tensor] : a.tensors) {
    progress(++done, a.tensors.size(), key);
    const auto other = b.tensors.find(key);
    if (other == b.tensors.end()) {
      diff.tensors.push_back({Change::removed, key, {}, {}});
      continue;
    }
    TensorChange change{
        Change::changed, key, changes_of(tensor_json(tensor), tensor_json(other->second)), {}};
    if (tensor.shape == other->second.shape) {
      if (!store_a) store_a.emplace(a);
      if (!store_b) store_b.emplace(b);
      change.figures = compare_blocks(store_a->open(key), store_b->open(key));
    }
    if (!change.values.empty() || !change.figures->exact()) diff.tensors.push_back(std::move(change));
  }
  for (const auto& tensor : b.tensors) {
    if (!a.tensors.contains(tensor.first)) diff.tensors.push_back({Change::added, tensor.first, {}, {}});
  }
}

}  // namespace

TraceDiff diff_traces(const Trace& a, const Trace& b, const Progress& progress) {
  TraceDiff diff;
  diff.header = changes_of(comparable_header(a), comparable_header(b));
  diff_operations(a, b, diff);
  diff_tensors(a, b, diff, progress);
  return diff;
}

}  // namespace lnsim
