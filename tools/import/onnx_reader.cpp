// From the protobuf of a model to the graph that is imported.
#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <set>
#include <string_view>
#include <unordered_map>

#include "sim/base/errors.h"
#include "tools/import/onnx_graph.h"
#include "tools/import/onnx_model.h"
#include "tools/import/onnx_operators.h"
#include "tools/import/onnx_shapes.h"

namespace lnsim::onnx {

namespace {

constexpr std::int64_t kLargestExtent = std::int64_t{1} << 31;
constexpr std::size_t kLongestName = 200;

// A name as the native trace may have it.
std::string printable(std::string_view text) {
  std::string name(text.substr(0, kLongestName));
  for (char& letter : name) {
    if (letter < ' ' || letter > '~') letter = '?';
  }
  return name;
}

bool is_real(int type) {
  using Tensor = ::onnx::TensorProto;
  return type == Tensor::FLOAT || type == Tensor::FLOAT16 || type == Tensor::DOUBLE ||
         type == Tensor::BFLOAT16;
}

template <class Extents>
std::optional<Shape> known_shape(const Extents& extents) {
  Shape shape(extents.begin(), extents.end());
  const bool right = std::all_of(shape.begin(), shape.end(),
                                 [](std::int64_t extent) { return extent >= 1 && extent <= kLargestExtent; });
  return right ? std::optional(shape) : std::nullopt;
}

template <class Element>
std::optional<double> raw_number(const std::string& bytes) {
  Element element;
  if (bytes.size() != sizeof element) return std::nullopt;
  std::memcpy(&element, bytes.data(), sizeof element);
  return static_cast<double>(element);
}

// The value of a tensor with one element; nothing for the types that no pattern asks for.
std::optional<double> number_of(const ::onnx::TensorProto& tensor) {
  switch (tensor.data_type()) {
    case ::onnx::TensorProto::FLOAT:
      return tensor.float_data_size() == 1 ? tensor.float_data(0) : raw_number<float>(tensor.raw_data());
    case ::onnx::TensorProto::DOUBLE:
      return tensor.double_data_size() == 1 ? tensor.double_data(0) : raw_number<double>(tensor.raw_data());
    case ::onnx::TensorProto::INT64:
      return tensor.int64_data_size() == 1 ? static_cast<double>(tensor.int64_data(0))
                                           : raw_number<std::int64_t>(tensor.raw_data());
    default:
      return std::nullopt;
  }
}

class GraphReader {
 public:
  // `opened`: the inputs that had open dimensions.
  GraphReader(const ::onnx::ModelProto& model, std::string file, std::set<std::string> opened)
      : model_(model), proto_(model.graph()), file_(std::move(file)), opened_(std::move(opened)) {}

  Graph read() {
    graph_.producer = printable(model_.producer_name());
    for (const auto& opset : model_.opset_import()) {
      if (opset.domain().empty() || opset.domain() == "ai.onnx") graph_.opset = opset.version();
    }
    read_trained_names();
    for (const auto& tensor : proto_.initializer()) read_initialiser(tensor);
    for (const auto& tensor : proto_.sparse_initializer()) read_sparse(tensor);
    const bool stripped = !has_real_initialiser_;
    for (const auto& info : proto_.value_info()) read_type(info);
    for (const auto& info : proto_.output()) read_type(info);
    read_inputs(stripped);
    for (const auto& [name, index] : index_) {
      if (graph_.values[index].role != Role::activation) written_.insert(name);
    }
    for (int i = 0; i < proto_.node_size(); ++i) read_node(proto_.node(i), i);
    for (const auto& info : proto_.output()) graph_.outputs.push_back(value_of(info.name()));
    return std::move(graph_);
  }

 private:
  std::size_t value_of(const std::string& name) {
    const auto [found, added] = index_.emplace(name, graph_.values.size());
    if (added) {
      graph_.values.emplace_back();
      graph_.values.back().name = printable(name);
    }
    return found->second;
  }

  // ONNX marks what is trained by the bindings of its training part. A model without one does not say.
  void read_trained_names() {
    for (const auto& training : model_.training_info()) {
      for (const auto& binding : training.update_binding()) trained_.insert(binding.key());
    }
  }

  void give_source(std::size_t index, Role role) {
    graph_.values[index].role = role;
    graph_.values[index].source = index;
  }

  // A number without extents is part of a formula, not a parameter.
  Role role_of(const std::string& name, const Value& value) const {
    if (value.integral || (value.shape && value.shape->empty())) return Role::constant;
    return trained_.empty() || trained_.contains(name) ? Role::parameter : Role::frozen;
  }

  void read_initialiser(const ::onnx::TensorProto& tensor) {
    const std::size_t index = value_of(tensor.name());
    Value& value = graph_.values[index];
    value.shape = known_shape(tensor.dims());
    value.integral = !is_real(tensor.data_type());
    value.number = number_of(tensor);
    give_source(index, role_of(tensor.name(), value));
    has_real_initialiser_ |= value.role != Role::constant;
  }

  void read_sparse(const ::onnx::SparseTensorProto& tensor) {
    const std::size_t index = value_of(tensor.values().name());
    Value& value = graph_.values[index];
    value.shape = known_shape(tensor.dims());
    value.integral = !is_real(tensor.values().data_type());
    give_source(index, role_of(tensor.values().name(), value));
    has_real_initialiser_ |= value.role != Role::constant;
  }

  void read_type(const ::onnx::ValueInfoProto& info) {
    Value& value = graph_.values[value_of(info.name())];
    if (!info.type().has_tensor_type()) return;
    const auto& type = info.type().tensor_type();
    value.integral = type.elem_type() != 0 && !is_real(type.elem_type());
    if (value.shape || !type.has_shape()) return;
    Shape shape;
    for (const auto& dimension : type.shape().dim())
      shape.push_back(dimension.has_dim_value() ? dimension.dim_value() : 0);
    value.shape = known_shape(shape);
  }

  // Inputs that have an initialiser are what that is. Of a model without any, whose weights were stripped,
  // the first input, integers, and what had an open dimension are data; the others are its parameters.
  void read_inputs(bool stripped) {
    std::vector<std::string> data;
    std::size_t parameters = 0;
    for (const auto& info : proto_.input()) {
      const std::size_t index = value_of(info.name());
      if (graph_.values[index].source != kNoValue) continue;
      read_type(info);
      const Value& value = graph_.values[index];
      const bool is_data = !stripped || data.empty() || value.integral || opened_.contains(info.name());
      if (is_data) {
        graph_.values[index].role = Role::data;
        data.push_back(value.name);
      } else {
        give_source(index, role_of(info.name(), value));
        ++parameters;
      }
    }
    if (parameters > 0) {
      graph_.notes.push_back(fmt::format(
          "The model has no initialisers: of its inputs {} {} taken as data, the other {} as weights.",
          fmt::join(data, ", "), data.size() == 1 ? "is" : "are", parameters));
    }
  }

  void read_node(const ::onnx::NodeProto& proto, int position) {
    Node node;
    const bool own = proto.domain().empty() || proto.domain() == "ai.onnx";
    node.op = printable(own ? proto.op_type() : proto.domain() + "." + proto.op_type());
    node.name = layer_name(proto, node.op);
    const auto fail = [&](const char* list, const std::string& name, const char* got, const char* expected) {
      throw UserError(Diagnostic{{file_},
                                 fmt::format("graph.node[{}].{}", position, list),
                                 fmt::format("{}, {}", printable(name), got),
                                 expected});
    };
    for (const std::string& name : proto.input()) {
      node.inputs.push_back(argument(name));
      if (!name.empty() && !written_.contains(name)) {
        fail("input", name, "which nothing has written yet", "an input or an earlier node's output");
      }
    }
    for (const std::string& name : proto.output()) {
      node.outputs.push_back(argument(name));
      if (!name.empty() && !written_.insert(name).second) {
        fail("output", name, "which is written already", "a name of its own");
      }
    }
    for (const auto& attribute : proto.attribute()) {
      auto& integers = node.integers[attribute.name()];
      if (attribute.has_i()) integers.push_back(attribute.i());
      integers.insert(integers.end(), attribute.ints().begin(), attribute.ints().end());
      if (attribute.has_s()) node.texts[attribute.name()] = attribute.s();
      if (node.op == "Constant" && node.output(0) != kNoValue) {
        Value& value = graph_.values[node.output(0)];
        value.number = attribute.has_t()   ? number_of(attribute.t())
                       : attribute.has_f() ? std::optional<double>(attribute.f())
                       : attribute.has_i() ? std::optional<double>(attribute.i())
                                           : std::nullopt;
      }
    }
    give_outputs_their_source(node);
    graph_.nodes.push_back(std::move(node));
  }

  std::size_t argument(const std::string& name) { return name.empty() ? kNoValue : value_of(name); }

  // A parameter in another layout still is that parameter; what is computed from constants alone is one.
  void give_outputs_their_source(const Node& node) {
    bool constant = true;
    for (const std::size_t input : node.inputs)
      constant = constant && (input == kNoValue || graph_.values[input].role == Role::constant);
    for (const std::size_t output : node.outputs) {
      if (output == kNoValue) continue;
      Value& value = graph_.values[output];
      if (constant) {
        value.role = Role::constant;
        value.source = output;
      } else if (relays_its_first_input(node.op) && node.input(0) != kNoValue) {
        const Value& from = graph_.values[node.inputs[0]];
        value.source = from.source;
      }
    }
  }

  // The node's name, or its operator with a count; a name that is taken gets a count too.
  std::string layer_name(const ::onnx::NodeProto& proto, const std::string& op) {
    std::string name = printable(proto.name());
    name.erase(0, name.find_first_not_of('/'));
    if (name.empty()) name = op;
    if (!proto.name().empty() && names_.insert(name).second) return name;
    std::string counted;
    do {
      counted = fmt::format("{}_{}", name, ++counts_[name]);
    } while (!names_.insert(counted).second);
    return counted;
  }

  const ::onnx::ModelProto& model_;
  const ::onnx::GraphProto& proto_;
  std::string file_;
  std::set<std::string> opened_;
  Graph graph_;
  std::unordered_map<std::string, std::size_t> index_;
  std::set<std::string> trained_, written_, names_;
  std::map<std::string, int> counts_;
  bool has_real_initialiser_ = false;
};

}  // namespace

Graph read_graph(const std::filesystem::path& path, const ImportOptions& options) {
  ::onnx::ModelProto model = read_model(path, options.largest_bytes);
  std::set<std::string> opened = close_dimensions(model, path, options.dimensions);
  infer_shapes(model, path);
  return GraphReader(model, path.string(), std::move(opened)).read();
}

}  // namespace lnsim::onnx
