// Computes the integers from which ONNX models make shapes: extents that are read, multiplied, put together
// and given to the operators behind.
#pragma once

#include <onnx/onnx_pb.h>

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace lnsim::onnx {

using Types = std::unordered_map<std::string, ::onnx::TypeProto>;  // by value

class IntegerFolder {
 public:
  // Knows the graph's integer initialisers. `types` grows while nodes are folded.
  IntegerFolder(const ::onnx::GraphProto& graph, const Types& types);

  // Of nodes in order of execution: whether the node's only result is now known.
  bool fold(const ::onnx::NodeProto& node);

  // Null for what is not known.
  const ::onnx::TensorProto* tensor(const std::string& name) const;

 private:
  // A number or a list of them; what shapes are made of is short.
  struct Integers {
    bool is_list = false;
    std::vector<std::int64_t> values;
  };
  using Result = std::optional<Integers>;

  static Result integers_of(const ::onnx::TensorProto& tensor);
  void learn(const std::string& name, Integers integers);
  const Integers* input(const ::onnx::NodeProto& node, int position) const;
  Result evaluate(const ::onnx::NodeProto& node) const;
  static Result constant(const ::onnx::NodeProto& node);
  Result shape(const ::onnx::NodeProto& node) const;
  Result concat(const ::onnx::NodeProto& node) const;
  Result slice(const Integers& from, const ::onnx::NodeProto& node) const;
  static Result cast(const Integers& from, const ::onnx::NodeProto& node);
  static Result gather(const Integers& from, const Integers* indices);
  static Result product(const Integers& from, const ::onnx::NodeProto& node);
  static Result combine(const std::string& op, const Integers& a, const Integers& b);

  const Types& types_;
  std::unordered_map<std::string, Integers> known_;               // by value
  std::unordered_map<std::string, ::onnx::TensorProto> tensors_;  // by value
};

}  // namespace lnsim::onnx
