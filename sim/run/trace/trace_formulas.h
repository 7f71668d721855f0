// Closed formulas of traced operations: extents, products and multiply-accumulates of every pass.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "sim/run/trace/trace.h"

namespace lnsim {

// Output pixels along one side: floor((in + 2 pad - dilation (filter - 1) - 1) / stride) + 1; not positive
// when the filter does not fit.
std::int64_t conv_output_extent(std::int64_t in, std::int64_t filter, std::int64_t stride, std::int64_t pad,
                                std::int64_t dilation);

// The product of a convolution in a pass (one per group): forward N P Q x K/g x C/g R S, input gradient N H W
// x C/g x K/g R S, weight gradient K/g x C/g R S x N P Q. `dims` must be checked.
GemmDims conv_gemm(const ConvDims& dims, Pass pass);

// N K P Q C/g R S in every pass; nothing when it exceeds 2^62.
std::optional<std::uint64_t> conv_macs(const ConvDims& dims);
// batch M N K; nothing when it exceeds 2^62.
std::optional<std::uint64_t> gemm_macs(const GemmDims& gemm);

// Whether input, filter, output and multiply-accumulates of a convolution are at most 2^62 each.
bool conv_counts_fit(const ConvDims& dims);

// Product of the extents; nothing when it exceeds 2^62 or an extent is not positive. 1 for no extents.
std::optional<std::int64_t> element_count(std::span<const std::int64_t> shape);

}  // namespace lnsim
