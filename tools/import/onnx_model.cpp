#include "tools/import/onnx_model.h"

#include <fmt/format.h>
#include <google/protobuf/stubs/logging.h>

#include "sim/base/errors.h"
#include "tools/import/onnx_lean.h"

namespace lnsim::onnx {

namespace {

[[noreturn]] void fail(const std::filesystem::path& path, std::string place, std::string got,
                       std::string expected) {
  throw UserError(Diagnostic{{path.string()}, std::move(place), std::move(got), std::move(expected)});
}

std::string open_name(const ::onnx::ValueInfoProto& input, int axis) {
  const auto& dimension = input.type().tensor_type().shape().dim(axis);
  return dimension.dim_param().empty() ? fmt::format("{}[{}]", input.name(), axis) : dimension.dim_param();
}

// Gives the named dimensions their sizes.
void put_sizes(::onnx::ValueInfoProto& value, const std::map<std::string, std::int64_t>& sizes) {
  if (!value.type().has_tensor_type() || !value.type().tensor_type().has_shape()) return;
  auto& shape = *value.mutable_type()->mutable_tensor_type()->mutable_shape();
  for (int axis = 0; axis < shape.dim_size(); ++axis) {
    if (shape.dim(axis).has_dim_value()) continue;
    const auto size = sizes.find(open_name(value, axis));
    if (size != sizes.end()) shape.mutable_dim(axis)->set_dim_value(size->second);
  }
}

}  // namespace

::onnx::ModelProto read_model(const std::filesystem::path& path, std::size_t largest_bytes) {
  ::onnx::ModelProto model;
  const google::protobuf::LogSilencer silence;
  if (!model.ParseFromString(read_lean_model(path, largest_bytes))) refuse_bytes(path);
  if (!model.has_graph() || model.graph().node_size() == 0) {
    fail(path, "graph", model.has_graph() ? "a graph without nodes" : "nothing", "a graph with nodes");
  }
  return model;
}

std::set<std::string> close_dimensions(::onnx::ModelProto& model, const std::filesystem::path& path,
                                       const std::map<std::string, std::int64_t>& sizes) {
  ::onnx::GraphProto& graph = *model.mutable_graph();
  std::set<std::string> open, inputs;
  for (const auto& input : graph.input()) {
    const auto& shape = input.type().tensor_type().shape();
    for (int axis = 0; axis < shape.dim_size(); ++axis) {
      if (shape.dim(axis).has_dim_value()) continue;
      open.insert(open_name(input, axis));
      inputs.insert(input.name());
    }
  }
  for (const auto& [name, size] : sizes) {
    if (open.contains(name)) continue;
    fail(path, "graph.input", fmt::format("no open dimension {}", name),
         open.empty() ? "no --dim: every dimension has its size"
                      : fmt::format("one of {}", fmt::join(open, ", ")));
  }
  std::vector<std::string> missing;
  for (const std::string& name : open) {
    if (!sizes.contains(name)) missing.push_back(fmt::format("--dim '{}=SIZE'", name));
  }
  if (!missing.empty()) {
    fail(path, "graph.input", "open dimensions",
         fmt::format("their sizes from the command line: {}", fmt::join(missing, " ")));
  }
  for (auto& input : *graph.mutable_input()) put_sizes(input, sizes);
  for (auto& value : *graph.mutable_value_info()) put_sizes(value, sizes);
  for (auto& output : *graph.mutable_output()) put_sizes(output, sizes);
  return inputs;
}

}  // namespace lnsim::onnx
