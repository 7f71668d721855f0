#include "tools/import/chakra_operators.h"

#include <chakra_trace.pb.h>
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <numeric>
#include <optional>
#include <unordered_set>
#include <utility>

#include "sim/base/errors.h"
#include "tools/import/chakra_messages.h"
#include "tools/import/chakra_phases.h"
#include "tools/import/chakra_workers.h"
#include "tools/import/packed_file.h"
#include "tools/import/python_literal.h"
#include "tools/import/pytorch_node_reader.h"

namespace lnsim::chakra {

namespace {

constexpr int kComputeNode = 4;
constexpr int kCollectiveNode = 7;
constexpr std::int64_t kLargestNumber = std::int64_t{1} << 62;
constexpr std::size_t kLongestName = 200;

[[noreturn]] void fail(const std::filesystem::path& path, std::string place, std::string got,
                       std::string expected) {
  throw UserError(Diagnostic{{path.string()}, std::move(place), std::move(got), std::move(expected)});
}

const wire::Attribute* find(const wire::Node& node, const char* name) {
  const auto found = std::find_if(node.attributes().begin(), node.attributes().end(),
                                  [&](const wire::Attribute& entry) { return entry.name() == name; });
  return found == node.attributes().end() ? nullptr : &*found;
}

// Whatever integer type the writer chose.
std::optional<std::int64_t> integer(const wire::Node& node, const char* name) {
  const wire::Attribute* found = find(node, name);
  if (found == nullptr) return std::nullopt;
  if (found->has_int64()) return found->int64();
  if (found->has_int32()) return found->int32();
  if (found->has_uint32()) return found->uint32();
  if (found->has_uint64() && found->uint64() <= static_cast<std::uint64_t>(kLargestNumber))
    return static_cast<std::int64_t>(found->uint64());
  return std::nullopt;
}

// `name(2)` is the operator with its third kernel.
std::pair<std::string, bool> name_and_whether_first(const std::string& written) {
  std::string name = written.substr(0, kLongestName);
  for (char& letter : name) {
    if (letter < ' ' || letter > '~') letter = '?';
  }
  const std::size_t open = name.rfind('(');
  const bool counted = open != std::string::npos && open > 0 && name.ends_with(')') &&
                       open + 2 < name.size() &&
                       name.find_first_not_of("0123456789", open + 1) == name.size() - 1;
  if (!counted) return {std::move(name), true};
  const bool first = name.substr(open) == "(0)";
  name.resize(open);
  return {std::move(name), first};
}

// Whether a node is an operator, with its first kernel.
bool is_operator(const wire::Node& node) {
  if (node.type() != kComputeNode && node.type() != kCollectiveNode) return false;
  const wire::Attribute* of_host = find(node, "is_cpu_op");
  const auto [name, first] = name_and_whether_first(node.name());
  return first && (of_host == nullptr ? name.find("::") != std::string::npos : of_host->boolean());
}

// Throws UserError for arguments that are no lists.
class OperatorMaker {
 public:
  OperatorMaker(const std::filesystem::path& path, const wire::Node& node) : path_(path), node_(node) {}

  Operator make() {
    made_.id = node_.id();
    made_.name = name_and_whether_first(node_.name()).first;
    made_.order = integer(node_, "rf_id")
                      .value_or(static_cast<std::int64_t>(node_.id() &
                                                          (std::numeric_limits<std::uint64_t>::max() >> 1U)));
    made_.sequence = std::clamp<std::int64_t>(integer(node_, "seq_id").value_or(-1), -1, kLargestNumber);
    made_.thread = integer(node_, "tid").value_or(0);
    if (node_.control_dependencies_size() > 0) made_.parent = node_.control_dependencies(0);
    made_.inputs = arguments(node_.inputs(), "inputs");
    made_.outputs = arguments(node_.outputs(), "outputs");
    return std::move(made_);
  }

 private:
  Arguments arguments(const wire::Arguments& written, const char* side) const {
    return {list(written.values(), side, "values"), list(written.shapes(), side, "shapes"),
            list(written.types(), side, "types")};
  }
  nlohmann::json list(const std::string& text, const char* side, const char* part) const {
    if (text.empty()) return nlohmann::json::array();
    auto read = parse_python_literal(text);
    if (!read || !read->is_array()) {
      fail(path_, fmt::format("node {} ({}).{}.{}", made_.id, made_.name, side, part),
           "text that is no list of Python", "a list with an entry per argument");
    }
    return std::move(*read);
  }

  const std::filesystem::path& path_;
  const wire::Node& node_;
  Operator made_;
};

OperatorOutline outline_of(const Operator& op, std::uint64_t message) {
  OperatorOutline outline;
  outline.message = message;
  outline.order = op.order;
  outline.sequence = op.sequence;
  outline.thread = op.thread;
  outline.mark = pytorch::mark_of(op.name);
  outline.is_backward = is_backward_operator(op.name);
  outline.runs_as_product = pytorch::mark_of(worker_of(op)).is_product;
  return outline;
}

}  // namespace

std::vector<OperatorOutline> read_outline(const std::filesystem::path& path, std::size_t largest_bytes) {
  refuse_pipe(path);
  MessageReader messages(path, largest_bytes);
  wire::Metadata metadata;
  if (!messages.read(metadata)) fail(path, "", "an empty file", "a Chakra execution trace");
  Mistakes mistakes;
  pytorch::NodeReader checker(path.string(), pytorch::kFlatSchema, mistakes);
  std::unordered_set<std::int64_t> calls;
  std::vector<OperatorOutline> outline;
  wire::Node node;
  while (messages.read(node)) {
    if (!is_operator(node)) continue;
    const auto call = integer(node, "rf_id");
    if (call && !calls.insert(*call).second) continue;
    Operator op = OperatorMaker(path, node).make();
    outline.push_back(outline_of(op, messages.count() - 1));
    const std::string place = place_of(op);
    checker.read(flat_node(op.name, 0, 0, 0, -1, std::move(op.inputs), std::move(op.outputs)), place);
  }
  if (outline.empty()) fail(path, "", "no operator of PyTorch", "compute nodes with arguments");
  mistakes.throw_if_any();
  std::stable_sort(outline.begin(), outline.end(),
                   [](const OperatorOutline& a, const OperatorOutline& b) { return a.order < b.order; });
  return outline;
}

std::vector<Operator> read_operators(const std::filesystem::path& path, std::size_t largest_bytes,
                                     std::span<const OperatorOutline> wanted) {
  std::vector<std::size_t> in_file_order(wanted.size());
  std::iota(in_file_order.begin(), in_file_order.end(), std::size_t{0});
  std::sort(in_file_order.begin(), in_file_order.end(),
            [&](std::size_t a, std::size_t b) { return wanted[a].message < wanted[b].message; });
  MessageReader messages(path, largest_bytes);
  std::vector<Operator> operators(wanted.size());
  wire::Node node;
  for (const std::size_t i : in_file_order) {
    while (messages.count() < wanted[i].message) {
      if (!messages.pass_over()) refuse_changed_file(path);
    }
    if (!messages.read(node) || !is_operator(node)) refuse_changed_file(path);
    operators[i] = OperatorMaker(path, node).make();
    if (outline_of(operators[i], wanted[i].message) != wanted[i]) refuse_changed_file(path);
  }
  return operators;
}

nlohmann::json flat_node(std::string_view name, std::int64_t id, std::int64_t parent, int scope,
                         std::int64_t sequence, Arguments inputs, Arguments outputs) {
  return {{"id", id},
          {"parent", parent},
          {"name", name},
          {"scope", scope},
          {"seq_id", sequence},
          {"inputs", std::move(inputs.values)},
          {"input_shapes", std::move(inputs.shapes)},
          {"input_types", std::move(inputs.types)},
          {"outputs", std::move(outputs.values)},
          {"output_shapes", std::move(outputs.shapes)},
          {"output_types", std::move(outputs.types)}};
}

std::string place_of(const Operator& op) {
  return fmt::format("node {} ({})", op.id, op.name);
}

}  // namespace lnsim::chakra
