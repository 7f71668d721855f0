// Builds small ONNX models for tests.
#pragma once

#include <onnx/onnx_pb.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace lnsim {

class ModelBuilder {
 public:
  using Shape = std::vector<std::int64_t>;
  static constexpr int kReal = onnx::TensorProto::FLOAT;
  static constexpr int kInteger = onnx::TensorProto::INT64;

  explicit ModelBuilder(std::int64_t opset = 17) {
    model.set_ir_version(8);
    model.add_opset_import()->set_version(opset);
  }

  void input(const std::string& name, const Shape& shape, int type = kReal) {
    put_type(*model.mutable_graph()->add_input(), name, shape, type);
  }
  // An extent that is a name is open.
  void open_input(const std::string& name, const std::vector<std::string>& extents, int type = kReal) {
    auto& info = *model.mutable_graph()->add_input();
    put_type(info, name, {}, type);
    for (const std::string& extent : extents) {
      auto& dimension = *info.mutable_type()->mutable_tensor_type()->mutable_shape()->add_dim();
      if (!extent.empty() && extent.find_first_not_of("0123456789") == std::string::npos) {
        dimension.set_dim_value(std::stoll(extent));
      } else if (!extent.empty()) {
        dimension.set_dim_param(extent);
      }
    }
  }
  void output(const std::string& name) { model.mutable_graph()->add_output()->set_name(name); }

  // A parameter; its values do not matter.
  void weight(const std::string& name, const Shape& shape) {
    auto& tensor = *model.mutable_graph()->add_initializer();
    tensor.set_name(name);
    tensor.set_data_type(kReal);
    for (const std::int64_t extent : shape) tensor.add_dims(extent);
  }
  void integers(const std::string& name, const std::vector<std::int64_t>& values) {
    auto& tensor = *model.mutable_graph()->add_initializer();
    tensor.set_name(name);
    tensor.set_data_type(kInteger);
    tensor.add_dims(static_cast<std::int64_t>(values.size()));
    for (const std::int64_t value : values) tensor.add_int64_data(value);
  }
  void number(const std::string& name, float value) {
    auto& tensor = *model.mutable_graph()->add_initializer();
    tensor.set_name(name);
    tensor.set_data_type(kReal);
    tensor.add_float_data(value);
  }

  onnx::NodeProto& node(const std::string& op, const std::vector<std::string>& inputs,
                        const std::vector<std::string>& outputs) {
    auto& added = *model.mutable_graph()->add_node();
    added.set_op_type(op);
    for (const std::string& name : inputs) added.add_input(name);
    for (const std::string& name : outputs) added.add_output(name);
    return added;
  }
  static void attribute(onnx::NodeProto& node, const std::string& name, std::int64_t value) {
    auto& added = *node.add_attribute();
    added.set_name(name);
    added.set_type(onnx::AttributeProto::INT);
    added.set_i(value);
  }
  static void attribute(onnx::NodeProto& node, const std::string& name, const Shape& values) {
    auto& added = *node.add_attribute();
    added.set_name(name);
    added.set_type(onnx::AttributeProto::INTS);
    for (const std::int64_t value : values) added.add_ints(value);
  }
  static void attribute(onnx::NodeProto& node, const std::string& name, const std::string& text) {
    auto& added = *node.add_attribute();
    added.set_name(name);
    added.set_type(onnx::AttributeProto::STRING);
    added.set_s(text);
  }

  onnx::ModelProto model;

 private:
  static void put_type(onnx::ValueInfoProto& info, const std::string& name, const Shape& shape, int type) {
    info.set_name(name);
    auto& tensor = *info.mutable_type()->mutable_tensor_type();
    tensor.set_elem_type(type);
    tensor.mutable_shape();
    for (const std::int64_t extent : shape) tensor.mutable_shape()->add_dim()->set_dim_value(extent);
  }
};

}  // namespace lnsim
