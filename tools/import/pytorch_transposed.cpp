// Transposed convolutions of a training step: products of pixels and taps.
#include "sim/run/trace/trace_formulas.h"
#include "sim/run/workload/iteration_lines.h"
#include "tools/import/image_shape.h"
#include "tools/import/pytorch_step.h"
#include "tools/import/transposed_convolution.h"

namespace lnsim::pytorch {

void StepImporter::append_line(TraceOperation line, const Context& context) {
  TraceOperation& added = append(line.layer, line.op, line.pass, context);
  line.index = added.index;
  added = std::move(line);
}

void StepImporter::transposed_convolution(std::size_t i) {
  const Node& node = nodes_[i];
  const auto layer = lnsim::transposed_convolution(as_image(node.input_tensor(0).shape),
                                                   as_image(node.input_tensor(1).shape),
                                                   as_image(node.output_tensor(0).shape), node.integer(8));
  if (!layer) return leave_out(i, "transposed, shapes that do not fit");
  Context context = contexts_[i];
  context.sequence = node.sequence;
  const std::string name = new_layer("conv_transpose2d");
  append_line(batched_line(name, layer->gemm, Pass::forward, true), context);
  if (!layer->taps.empty()) append_line(vector_line(name, "add", Pass::forward, layer->taps), context);
}

void StepImporter::transposed_convolution_backward(std::size_t i) {
  const Node& node = nodes_[i];
  const TensorUse dy = node.input_tensor(0);
  const auto layer = lnsim::transposed_convolution(as_image(node.input_tensor(1).shape),
                                                   as_image(node.input_tensor(2).shape), as_image(dy.shape),
                                                   node.integer(9));
  if (!layer) return leave_out(i, "transposed, shapes that do not fit");
  const TraceOperation* forward = forward_operation(contexts_[i].sequence, "bmm");
  if (forward == nullptr || forward->gemm != layer->gemm) return leave_out(i, "no forward operator");
  const std::string name = forward->layer;
  const std::vector<bool> wanted = node.booleans(10);
  const auto is_wanted = [&](std::size_t gradient) { return gradient < wanted.size() && wanted[gradient]; };
  if (is_wanted(0)) append_line(batched_line(name, layer->gemm, Pass::input_gradient, true), contexts_[i]);
  if (is_wanted(1)) {
    append_line(batched_line(name, layer->gemm, Pass::weight_gradient, true), contexts_[i]);
    const TensorUse dw = node.output_tensor(1);
    note_gradient(dw, {name, "weight", element_count(dw.shape).value_or(0), std::nullopt});
  }
  if (is_wanted(2)) {
    append_line(vector_line(name, "sum", Pass::backward, dy.shape), contexts_[i]);
    const auto bias = node.output(2);
    if (bias) note_gradient(bias, {name, "bias", element_count(bias->shape).value_or(0), std::nullopt});
  }
}

}  // namespace lnsim::pytorch
