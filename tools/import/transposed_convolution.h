// A transposed convolution as the native trace can express it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "sim/run/trace/trace.h"

namespace lnsim {

// The native trace has no operator for it. Every input pixel times every tap of w[C, K/g, R, S] is a product
// [N H W, C/g] [C/g, K/g R S] per group; the taps that fall on one output pixel are then added.
struct TransposedConvolution {
  GemmDims gemm;
  std::vector<std::int64_t> taps;  // [N, K, R S, H W], what is added; empty for filters of one tap
};

// x[N, C, H, W], w[C, K/g, R, S] and y[N, K, P, Q]. Nothing when they do not fit or a count exceeds 2^62.
std::optional<TransposedConvolution> transposed_convolution(std::span<const std::int64_t> x,
                                                            std::span<const std::int64_t> w,
                                                            std::span<const std::int64_t> y,
                                                            std::int64_t groups);

}  // namespace lnsim
