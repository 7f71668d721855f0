// Lines of a training iteration without operands: what a layer's forward pass makes its gradients cost.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/run/trace/trace.h"

namespace lnsim {

struct LinearDims {
  std::int64_t rows, inputs, outputs;
};

// All throw std::bad_optional_access when a product exceeds 2^62 multiply-accumulates: sizes are checked
// where they come from.

// Forward, or the backward pass of an operator without weights.
TraceOperation vector_line(const std::string& layer, const std::string& op, Pass pass,
                           std::vector<std::int64_t> shape);

// y[rows, outputs] = x[rows, inputs] w[outputs, inputs]^T, or one of its gradients.
TraceOperation linear_line(const std::string& layer, const LinearDims& dims, Pass pass);

// `dims` are those of the forward pass.
TraceOperation conv_line(const std::string& layer, const ConvDims& dims, Pass pass);

// out[b, m, n] = A[b, m, k] B[b, k, n], whose extents `dims` are, or the gradient of A (input_gradient) or of
// B (weight_gradient). `weights`: B is a parameter.
TraceOperation batched_line(const std::string& layer, const GemmDims& dims, Pass pass, bool weights);

TraceOperation update_line(const std::string& layer, std::string parameter, std::vector<std::int64_t> shape);

}  // namespace lnsim
