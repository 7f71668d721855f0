#include "tools/import/transposed_convolution.h"

#include "sim/run/trace/trace_formulas.h"

namespace lnsim {

std::optional<TransposedConvolution> transposed_convolution(std::span<const std::int64_t> x,
                                                            std::span<const std::int64_t> w,
                                                            std::span<const std::int64_t> y,
                                                            std::int64_t groups) {
  if (x.size() != 4 || w.size() != 4 || y.size() != 4 || groups < 1) return std::nullopt;
  if (!element_count(x) || !element_count(w) || !element_count(y)) return std::nullopt;
  const bool fit =
      x[0] == y[0] && x[1] == w[0] && x[1] % groups == 0 && y[1] % groups == 0 && w[1] == y[1] / groups;
  if (!fit) return std::nullopt;
  TransposedConvolution result;
  result.gemm = {groups, x[0] * x[2] * x[3], w[1] * w[2] * w[3], x[1] / groups};
  const std::vector<std::int64_t> taps{x[0], y[1], w[2] * w[3], x[2] * x[3]};
  if (!gemm_macs(result.gemm) || !element_count(taps)) return std::nullopt;
  if (w[2] * w[3] > 1) result.taps = taps;
  return result;
}

}  // namespace lnsim
