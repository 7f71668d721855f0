#include "tools/import/chakra_workers.h"

#include <algorithm>
#include <array>
#include <utility>

#include "tools/import/chakra_forward.h"

namespace lnsim::chakra {

namespace {

// Callers that the trace has in place of the operators that do the work, with the same first arguments.
constexpr auto kCallers = std::to_array<std::pair<std::string_view, std::string_view>>({
    {"aten::batch_norm", "aten::native_batch_norm"},
    {"aten::group_norm", "aten::native_group_norm"},
    {"aten::layer_norm", "aten::native_layer_norm"},
    {"aten::log_softmax", "aten::_log_softmax"},
    {"aten::max_pool2d", "aten::max_pool2d_with_indices"},
    {"aten::nll_loss", "aten::nll_loss_forward"},
    {"aten::scaled_dot_product_attention", "aten::_scaled_dot_product_flash_attention"},
    {"aten::softmax", "aten::_softmax"},
});

// Leading extents of x are rows.
bool is_linear(const Tensor& x, const Tensor& w) {
  return w.shape.size() == 2 && !x.shape.empty();
}

bool is_matrix_behind(const Tensor& x, const Tensor& w) {
  return x.shape.size() >= 2 && w.shape.size() == 2;
}

bool have_the_same_leading_extents(const Tensor& x, const Tensor& w) {
  return x.shape.size() == w.shape.size() && x.shape.size() > 2 &&
         std::equal(x.shape.begin(), x.shape.end() - 2, w.shape.begin());
}

}  // namespace

std::string_view worker_of(const Operator& op) {
  const auto x = tensor_of(op.inputs, 0);
  const auto w = tensor_of(op.inputs, 1);
  if (x && w) {
    if (op.name == "aten::conv2d" || op.name == "aten::conv1d") return "aten::convolution";
    if (op.name == "aten::linear" && is_linear(*x, *w))
      return tensor_of(op.inputs, 2) ? "aten::addmm" : "aten::mm";
    if (op.name == "aten::matmul" && is_matrix_behind(*x, *w)) return "aten::mm";
    if (op.name == "aten::matmul" && have_the_same_leading_extents(*x, *w)) return "aten::bmm";
  }
  const auto* found =
      std::find_if(kCallers.begin(), kCallers.end(), [&](const auto& row) { return row.first == op.name; });
  return found == kCallers.end() ? std::string_view(op.name) : found->second;
}

}  // namespace lnsim::chakra
