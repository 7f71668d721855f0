// Derives the native operations of one training step from the nodes of an execution trace.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "tools/import/pytorch.h"
#include "tools/import/pytorch_context.h"
#include "tools/import/pytorch_nodes.h"
#include "tools/import/pytorch_operators.h"

namespace lnsim::pytorch {

// `source` says what the step is from. Throws UserError when it has only operators that are left out.
ImportResult import_step(const StepNodes& step, const std::filesystem::path& path, const std::string& source);

class StepImporter {
 public:
  StepImporter(const std::vector<Node>& nodes, const std::vector<Context>& contexts, StepRange range,
               ImportResult& result);

  void run();

 private:
  // A forward product whose gradients backward functions compute.
  struct Product {
    std::size_t operation;  // index in the trace
    TensorUse a, b;
    int gradients_seen = 0;
  };
  enum class Operand : std::uint8_t { a, b };
  // Where the gradient of a parameter was left last.
  struct Gradient {
    std::string layer;
    const char* role;  // weight or bias
    std::int64_t elements;
    std::optional<std::size_t> product;  // forward operation whose second operand then is a weight
  };

  // True when the node is dealt with, and its children with it.
  bool import_node(std::size_t i);

  bool import_product(std::size_t i);  // convolutions and matrix products, forward and backward
  void convolution(std::size_t i);
  void convolution_backward(std::size_t i);
  void transposed_convolution(std::size_t i);
  void transposed_convolution_backward(std::size_t i);
  void forward_gemm(std::size_t i, std::size_t first_operand);
  void backward_gemm(std::size_t i);
  std::optional<Operand> gradient_of(const Product& product, const Node& node, const Node& function) const;
  void fused_attention(std::size_t i);
  void fused_attention_backward(std::size_t i);

  bool import_vector(std::size_t i);
  static TensorUse work_of(const Node& node, WorkShape shape);
  static std::string_view native_name(const Node& node, const VectorOperator& row, bool backward,
                                      const TraceOperation* forward);
  std::string vector_layer(std::size_t i, std::string_view op) const;  // empty: a layer of its own
  void note_parameter_gradients(const Node& node, const TraceOperation& op);

  void accumulate_gradient(const Node& node);
  void append_updates();
  void count_unmapped();

  TraceOperation& append(std::string layer, std::string_view op, Pass pass, const Context& context);
  void append_gemm(const std::string& layer, std::string_view op, Pass pass, GemmDims gemm,
                   const Context& context);
  void append_line(TraceOperation line, const Context& context);
  void leave_out(std::size_t i, std::string_view why);
  std::string new_layer(std::string_view op);
  void note_gradient(const std::optional<TensorUse>& tensor, Gradient gradient);
  const TraceOperation* forward_operation(std::int64_t sequence, std::string_view op) const;
  void account(std::size_t i);  // the node's work is in the trace or in `unmapped`: so is its callers'

  const std::vector<Node>& nodes_;
  const std::vector<Context>& contexts_;
  StepRange range_;
  ImportResult& result_;
  std::vector<TraceOperation>& operations_;

  std::vector<bool> closed_;     // by node: dealt with, or inside a node that is
  std::vector<bool> accounted_;  // by node
  std::vector<std::size_t> unknown_;
  std::map<std::string, int, std::less<>> layer_counts_;
  std::unordered_map<std::int64_t, std::vector<std::size_t>> forward_;   // operations by sequence number
  std::unordered_map<std::int64_t, Product> products_;                   // by sequence number
  std::unordered_map<std::size_t, std::string> linear_layers_;           // by aten::linear node
  std::map<std::pair<std::int64_t, std::int64_t>, Gradient> gradients_;  // by storage and offset
  std::set<std::size_t> multiplications_;                                // backward functions
  std::vector<TraceOperation> updates_;
  std::set<std::string> parameters_;
};

}  // namespace lnsim::pytorch
