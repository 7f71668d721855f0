#include "tools/import/onnx_shapes.h"

#include <fmt/format.h>
#include <onnx/defs/schema.h>
#include <onnx/defs/shape_inference.h>

#include <algorithm>
#include <array>
#include <exception>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "sim/base/errors.h"
#include "tools/import/onnx_fold.h"

namespace lnsim::onnx {

namespace {

using Shape = ::onnx::TensorShapeProto;

// The library's rules for these trust the ranks of their operands.
constexpr auto kWindows = std::to_array<std::string_view>(
    {"AveragePool", "Conv", "ConvInteger", "ConvTranspose", "LpPool", "MaxPool", "MaxUnpool", "QLinearConv"});

// Operators with the shape of their first input, which the library may be too old to know.
constexpr auto kAlike = std::to_array<std::string_view>(
    {"FastGelu", "Gelu", "GroupNormalization", "LayerNormalization", "Mish", "QuickGelu"});

template <class Names>
bool contains(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

const Shape* shape_in(const ::onnx::TypeProto* type) {
  return type != nullptr && type->tensor_type().has_shape() ? &type->tensor_type().shape() : nullptr;
}

// What the library asks of one node.
class NodeContext final : public ::onnx::InferenceContext {
 public:
  NodeContext(const ::onnx::NodeProto& node, const Types& types,
              const std::map<std::string, const ::onnx::TensorProto*>& constants)
      : node_(node),
        types_(types),
        constants_(constants),
        outputs_(static_cast<std::size_t>(node.output_size())) {}

  const ::onnx::AttributeProto* getAttribute(const std::string& name) const override {
    const auto found = std::find_if(node_.attribute().begin(), node_.attribute().end(),
                                    [&](const auto& entry) { return entry.name() == name; });
    return found == node_.attribute().end() ? nullptr : &*found;
  }
  std::size_t getNumInputs() const override { return static_cast<std::size_t>(node_.input_size()); }
  const ::onnx::TypeProto* getInputType(std::size_t index) const override {
    const auto found = types_.find(input(index));
    return found == types_.end() ? nullptr : &found->second;
  }
  const ::onnx::TensorProto* getInputData(std::size_t index) const override {
    const auto found = constants_.find(input(index));
    return found == constants_.end() ? nullptr : found->second;
  }
  std::size_t getNumOutputs() const override { return outputs_.size(); }
  ::onnx::TypeProto* getOutputType(std::size_t index) override { return &outputs_.at(index); }
  ::onnx::GraphInferencer* getGraphAttributeInferencer(const std::string&) override {
    throw std::invalid_argument("a graph in an attribute");
  }
  const ::onnx::SparseTensorProto* getInputSparseData(std::size_t) const override { return nullptr; }
  const Shape* getSymbolicInput(std::size_t) const override { return nullptr; }

 private:
  const std::string& input(std::size_t index) const {
    if (index >= getNumInputs()) throw std::out_of_range("an input that is not there");
    return node_.input(static_cast<int>(index));
  }

  const ::onnx::NodeProto& node_;
  const Types& types_;
  const std::map<std::string, const ::onnx::TensorProto*>& constants_;
  std::vector<::onnx::TypeProto> outputs_;
};

class ShapeInference {
 public:
  ShapeInference(::onnx::ModelProto& model, std::string file)
      : graph_(*model.mutable_graph()), file_(std::move(file)) {
    for (const auto& opset : model.opset_import())
      opsets_[opset.domain() == "ai.onnx" ? "" : opset.domain()] = static_cast<int>(opset.version());
    for (const auto& tensor : graph_.initializer()) {
      auto& type = *types_[tensor.name()].mutable_tensor_type();
      type.set_elem_type(tensor.data_type());
      type.mutable_shape();
      for (const std::int64_t extent : tensor.dims()) type.mutable_shape()->add_dim()->set_dim_value(extent);
      constants_[tensor.name()] = &tensor;
    }
    for (const auto* list : {&graph_.input(), &graph_.value_info(), &graph_.output()}) {
      for (const auto& info : *list) types_.emplace(info.name(), info.type());
    }
  }

  void run() {
    IntegerFolder folder(graph_, types_);
    for (int i = 0; i < graph_.node_size(); ++i) {
      ::onnx::NodeProto& node = *graph_.mutable_node(i);
      const bool folded = folder.fold(node);
      infer(node, i);
      if (node.output_size() == 0) continue;
      const std::string& result = node.output(0);
      if (folded) {
        constants_[result] = folder.tensor(result);
        if (node.op_type() != "Constant") folded_.insert(result);
      } else if (node.op_type() == "Constant") {
        for (const auto& attribute : node.attribute()) {
          if (attribute.name() == "value" && attribute.has_t()) constants_[result] = &attribute.t();
        }
      }
    }
    write_types();
    write_integers(folder);
  }

 private:
  void infer(const ::onnx::NodeProto& node, int position) {
    const std::string domain = node.domain() == "ai.onnx" ? "" : node.domain();
    const auto opset = opsets_.find(domain);
    const ::onnx::OpSchema* schema =
        opset == opsets_.end() ? nullptr
                               : ::onnx::OpSchemaRegistry::Schema(node.op_type(), opset->second, domain);
    const auto usable = with_axes(node);
    if (!usable) return;
    NodeContext context(*usable, types_, constants_);
    if (schema != nullptr && schema->has_type_and_shape_inference_function()) {
      if (!is_safe(*usable, context)) return;
      try {
        schema->GetTypeAndShapeInferenceFunction()(context);
      } catch (const std::exception&) {
        return;  // the shape stays unknown: the operator that needs it is named then
      }
    } else if (contains(kAlike, node.op_type()) && context.getNumOutputs() > 0 &&
               context.getNumInputs() > 0 && context.getInputType(0) != nullptr) {
      *context.getOutputType(0) = *context.getInputType(0);
    }
    for (int i = 0; i < node.output_size(); ++i) {
      if (!node.output(i).empty())
        merge(node, position, node.output(i), *context.getOutputType(static_cast<std::size_t>(i)));
    }
  }

  // Of a reduction that has its axes as an input, as newer models do, the form with an attribute that the
  // library knows. Nothing when the axes are not known.
  std::optional<::onnx::NodeProto> with_axes(const ::onnx::NodeProto& node) const {
    const bool reduces = node.op_type().starts_with("Reduce") && node.op_type() != "ReduceSum";
    if (!reduces || node.input_size() < 2 || node.input(1).empty()) return node;
    const auto axes = constants_.find(node.input(1));
    if (axes == constants_.end() || axes->second->int64_data_size() == 0) return std::nullopt;
    ::onnx::NodeProto older = node;
    older.mutable_input()->DeleteSubrange(1, node.input_size() - 1);
    auto& attribute = *older.add_attribute();
    attribute.set_name("axes");
    attribute.set_type(::onnx::AttributeProto::INTS);
    for (const std::int64_t axis : axes->second->int64_data()) attribute.add_ints(axis);
    return older;
  }

  // Whether the library's rule for the node can be let loose on it.
  static bool is_safe(const ::onnx::NodeProto& node, const NodeContext& context) {
    for (std::size_t i = 0; i < context.getNumInputs(); ++i) {
      if (node.input(static_cast<int>(i)).empty()) continue;
      const ::onnx::TypeProto* type = context.getInputType(i);
      if (type == nullptr || !type->has_tensor_type()) return false;
    }
    if (!contains(kWindows, node.op_type())) return true;
    const Shape* in = context.getNumInputs() > 0 ? shape_in(context.getInputType(0)) : nullptr;
    if (in == nullptr || in->dim_size() < 3) return false;
    const int spatial = in->dim_size() - 2;
    for (const auto& [name, count] : {std::pair{"kernel_shape", spatial},
                                      {"strides", spatial},
                                      {"dilations", spatial},
                                      {"output_padding", spatial},
                                      {"output_shape", spatial},
                                      {"pads", 2 * spatial}}) {
      const auto* attribute = context.getAttribute(name);
      if (attribute != nullptr && attribute->ints_size() != count) return false;
      // The library divides by strides and dilations.
      const bool positive = attribute == nullptr || std::string_view(name) == "pads" ||
                            std::string_view(name) == "output_padding" ||
                            std::all_of(attribute->ints().begin(), attribute->ints().end(),
                                        [](std::int64_t value) { return value > 0; });
      if (!positive) return false;
    }
    if (context.getAttribute("kernel_shape") != nullptr && !node.op_type().starts_with("Conv")) return true;
    const Shape* filter = context.getNumInputs() > 1 ? shape_in(context.getInputType(1)) : nullptr;
    return filter != nullptr && filter->dim_size() == in->dim_size();
  }

  static std::string text_of(const Shape& shape) {
    std::string text;
    for (const auto& extent : shape.dim()) {
      text += text.empty() ? "" : "x";
      text += extent.has_dim_value() ? fmt::format("{}", extent.dim_value()) : "?";
    }
    return text.empty() ? "no extents" : text;
  }

  // What the model declares stays; what it leaves open is filled.
  void merge(const ::onnx::NodeProto& node, int position, const std::string& name,
             const ::onnx::TypeProto& inferred) {
    if (!inferred.has_tensor_type()) return;
    auto& known = *types_[name].mutable_tensor_type();
    const auto& found = inferred.tensor_type();
    if (known.elem_type() == 0) known.set_elem_type(found.elem_type());
    if (!found.has_shape()) return;
    if (!known.has_shape()) {
      *known.mutable_shape() = found.shape();
      return;
    }
    const std::string declaration = text_of(known.shape());
    bool agree = known.shape().dim_size() == found.shape().dim_size();
    for (int axis = 0; agree && axis < found.shape().dim_size(); ++axis) {
      const auto& extent = found.shape().dim(axis);
      auto& declared = *known.mutable_shape()->mutable_dim(axis);
      if (!extent.has_dim_value()) continue;
      agree = !declared.has_dim_value() || declared.dim_value() == extent.dim_value();
      declared.set_dim_value(extent.dim_value());
    }
    if (agree) return;
    throw UserError(
        Diagnostic{{file_},
                   fmt::format("graph.node[{}] ({})", position, node.op_type()),
                   fmt::format("a result of {} declared as {}", text_of(found.shape()), declaration),
                   "the same extents"});
  }

  void write_types() {
    graph_.clear_value_info();
    for (const auto& node : graph_.node()) {
      for (const std::string& name : node.output()) {
        const auto type = types_.find(name);
        if (type == types_.end() || folded_.contains(name)) continue;
        auto& info = *graph_.add_value_info();
        info.set_name(name);
        *info.mutable_type() = type->second;
      }
    }
  }

  void write_integers(const IntegerFolder& folder) {
    const auto is_folded = [&](const ::onnx::NodeProto& node) {
      return node.op_type() != "Constant" && node.output_size() == 1 && folded_.contains(node.output(0));
    };
    for (const auto& node : graph_.node()) {
      if (is_folded(node)) *graph_.add_initializer() = *folder.tensor(node.output(0));
    }
    auto& nodes = *graph_.mutable_node();
    nodes.erase(std::remove_if(nodes.begin(), nodes.end(), is_folded), nodes.end());
  }

  ::onnx::GraphProto& graph_;
  std::string file_;
  std::map<std::string, int> opsets_;  // by domain
  Types types_;
  std::map<std::string, const ::onnx::TensorProto*> constants_;  // by value
  std::unordered_set<std::string> folded_;                       // results that are initialisers now
};

}  // namespace

void infer_shapes(::onnx::ModelProto& model, const std::filesystem::path& path) {
  ShapeInference(model, path.string()).run();
}

}  // namespace lnsim::onnx
