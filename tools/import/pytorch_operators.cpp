#include "tools/import/pytorch_operators.h"

#include <array>

#include "tools/import/named_rows.h"

namespace lnsim::pytorch {

namespace {

constexpr WorkShape kIn = WorkShape::first_input;
constexpr WorkShape kSecond = WorkShape::second_input;
constexpr WorkShape kOut = WorkShape::first_output;

constexpr auto kVectorOperators = std::to_array<VectorOperator>({
    {"aten::native_batch_norm", "batch_norm", kIn},
    {"aten::_native_batch_norm_legit", "batch_norm", kIn},
    {"aten::_batch_norm_with_update", "batch_norm", kIn},
    {"aten::cudnn_batch_norm", "batch_norm", kIn},
    {"aten::miopen_batch_norm", "batch_norm", kIn},
    {"aten::native_batch_norm_backward", "batch_norm", kIn},
    {"aten::batch_norm_backward", "batch_norm", kIn},
    {"aten::cudnn_batch_norm_backward", "batch_norm", kIn},
    {"aten::miopen_batch_norm_backward", "batch_norm", kIn},
    {"aten::native_group_norm", "group_norm", kIn},
    {"aten::native_group_norm_backward", "group_norm", kIn},
    {"aten::native_layer_norm", "layer_norm", kIn},
    {"aten::native_layer_norm_backward", "layer_norm", kIn},
    {"aten::relu", "relu", kIn},
    {"aten::relu_", "relu", kIn},
    {"aten::clamp_min", "relu", kIn},
    {"aten::clamp_min_", "relu", kIn},
    {"aten::hardtanh", "relu", kIn},
    {"aten::hardtanh_", "relu", kIn},
    {"aten::threshold_backward", "relu", kIn},
    {"aten::hardtanh_backward", "relu", kIn},
    {"aten::gelu", "gelu", kIn},
    {"aten::gelu_backward", "gelu", kIn},
    {"aten::tanh", "tanh", kIn},
    {"aten::tanh_", "tanh", kIn},
    {"aten::tanh_backward", "tanh", kIn},
    {"aten::sigmoid", "sigmoid", kIn},
    {"aten::sigmoid_", "sigmoid", kIn},
    {"aten::sigmoid_backward", "sigmoid", kIn},
    {"aten::silu", "silu", kIn},
    {"aten::silu_", "silu", kIn},
    {"aten::silu_backward", "silu", kIn},
    {"aten::_softmax", "softmax", kIn},
    {"aten::_softmax_backward_data", "softmax", kIn},
    {"aten::_log_softmax", "log_softmax", kIn},
    {"aten::_log_softmax_backward_data", "log_softmax", kIn},
    {"aten::max_pool2d_with_indices", "max_pool2d", kIn},
    {"aten::max_pool2d_with_indices_backward", "max_pool2d", kSecond},
    {"aten::avg_pool2d", "avg_pool2d", kIn},
    {"aten::avg_pool2d_backward", "avg_pool2d", kSecond},
    {"aten::adaptive_avg_pool2d", "adaptive_avg_pool2d", kIn},
    {"aten::_adaptive_avg_pool2d_backward", "adaptive_avg_pool2d", kSecond},
    {"aten::add", "add", kOut},
    {"aten::add_", "add", kOut},
    {"aten::sub", "sub", kOut},
    {"aten::sub_", "sub", kOut},
    {"aten::rsub", "sub", kOut},
    {"aten::mul", "mul", kOut},
    {"aten::mul_", "mul", kOut},
    {"aten::div", "div", kOut},
    {"aten::div_", "div", kOut},
    {"aten::neg", "scale", kOut},
    {"aten::masked_fill", "scale", kOut},
    {"aten::masked_fill_", "scale", kOut},
    {"aten::sum", "sum", kIn},
    {"aten::mean", "mean", kIn},
    {"aten::dropout", "dropout", kIn},
    {"aten::dropout_", "dropout", kIn},
    {"aten::native_dropout", "dropout", kIn},
    {"aten::native_dropout_backward", "dropout", kIn},
    {"aten::embedding", "embedding", kOut},
    {"aten::embedding_backward", "embedding", kIn},
    {"aten::embedding_dense_backward", "embedding", kIn},
    {"aten::nll_loss_forward", "nll_loss", kIn},
    {"aten::nll_loss_backward", "nll_loss", kSecond},
    {"aten::mse_loss", "mse_loss", kIn},
    {"aten::mse_loss_backward", "mse_loss", kSecond},
});

constexpr auto kDataOnly = std::to_array<std::string_view>({
    // views
    "aten::alias",
    "aten::as_strided",
    "aten::as_strided_",
    "aten::broadcast_to",
    "aten::chunk",
    "aten::detach",
    "aten::detach_",
    "aten::diagonal",
    "aten::expand",
    "aten::expand_as",
    "aten::flatten",
    "aten::lift_fresh",
    "aten::movedim",
    "aten::narrow",
    "aten::numpy_T",
    "aten::permute",
    "aten::reshape",
    "aten::_reshape_alias",
    "aten::resolve_conj",
    "aten::resolve_neg",
    "aten::select",
    "aten::slice",
    "aten::split",
    "aten::split_with_sizes",
    "aten::squeeze",
    "aten::squeeze_",
    "aten::swapaxes",
    "aten::t",
    "aten::t_",
    "aten::transpose",
    "aten::transpose_",
    "aten::unbind",
    "aten::unflatten",
    "aten::unfold",
    "aten::unsqueeze",
    "aten::unsqueeze_",
    "aten::_unsafe_view",
    "aten::view",
    "aten::view_as",
    "detach",
    "detach_",
    // allocation and constants
    "aten::arange",
    "aten::empty",
    "aten::empty_like",
    "aten::empty_strided",
    "aten::fill_",
    "aten::full",
    "aten::full_like",
    "aten::new_empty",
    "aten::new_empty_strided",
    "aten::new_full",
    "aten::new_ones",
    "aten::new_zeros",
    "aten::ones",
    "aten::ones_like",
    "aten::resize_",
    "aten::resize_as_",
    "aten::scalar_tensor",
    "aten::set_",
    "aten::zero_",
    "aten::zeros",
    "aten::zeros_like",
    // copies
    "aten::cat",
    "aten::clone",
    "aten::contiguous",
    "aten::copy_",
    "aten::_copy_from",
    "aten::pin_memory",
    "aten::_pin_memory",
    "aten::select_backward",
    "aten::slice_backward",
    "aten::stack",
    "aten::to",
    "aten::_to_copy",
    "aten::type_as",
    "aten::flatten_dense_tensors",
    "aten::unflatten_dense_tensors",
    "torch.distributed.ddp.reducer::copy_bucket_to_grad",
    // the host's questions about tensors
    "aten::is_nonzero",
    "aten::item",
    "aten::_local_scalar_dense",
    "aten::result_type",
    // communication between accelerators
    "c10d::allgather_",
    "c10d::_allgather_base_",
    "c10d::allreduce_",
    "c10d::barrier",
    "c10d::broadcast_",
    "c10d::reduce_scatter_",
    "record_param_comms",
});

constexpr auto kFusedAttention = std::to_array<std::string_view>({
    "aten::_scaled_dot_product_flash_attention",
    "aten::_scaled_dot_product_flash_attention_for_cpu",
    "aten::_scaled_dot_product_efficient_attention",
    "aten::_scaled_dot_product_cudnn_attention",
});

constexpr std::string_view kBackward = "_backward";

}  // namespace

const VectorOperator* find_vector_operator(std::string_view name) {
  return find_named(kVectorOperators, name);
}

bool moves_data_only(std::string_view name) {
  return contains(kDataOnly, name);
}

bool is_fused_attention(std::string_view name) {
  return contains(kFusedAttention, name);
}

bool is_fused_attention_backward(std::string_view name) {
  return name.ends_with(kBackward) && is_fused_attention(name.substr(0, name.size() - kBackward.size()));
}

}  // namespace lnsim::pytorch
