#include "sim/run/trace/trace_formulas.h"

#include <array>

namespace lnsim {

namespace {

constexpr std::int64_t kLargestCount = std::int64_t{1} << 62;

}  // namespace

std::int64_t conv_output_extent(std::int64_t in, std::int64_t filter, std::int64_t stride, std::int64_t pad,
                                std::int64_t dilation) {
  const std::int64_t room = in + 2 * pad - dilation * (filter - 1) - 1;
  return room < 0 ? 0 : room / stride + 1;
}

GemmDims conv_gemm(const ConvDims& d, Pass pass) {
  const std::int64_t taps = d.r * d.s;
  switch (pass) {
    case Pass::input_gradient:
      return {d.groups, d.n * d.h * d.w, d.c / d.groups, d.k / d.groups * taps};
    case Pass::weight_gradient:
      return {d.groups, d.k / d.groups, d.c / d.groups * taps, d.n * d.p * d.q};
    case Pass::forward:
    case Pass::backward:
    case Pass::update:
      break;
  }
  return {d.groups, d.n * d.p * d.q, d.k / d.groups, d.c / d.groups * taps};
}

std::optional<std::uint64_t> conv_macs(const ConvDims& d) {
  const std::array<std::int64_t, 7> factors{d.n, d.k, d.p, d.q, d.c / d.groups, d.r, d.s};
  const auto count = element_count(factors);
  if (!count) return std::nullopt;
  return static_cast<std::uint64_t>(*count);
}

std::optional<std::uint64_t> gemm_macs(const GemmDims& gemm) {
  const std::array<std::int64_t, 4> factors{gemm.batch, gemm.m, gemm.n, gemm.k};
  const auto count = element_count(factors);
  if (!count) return std::nullopt;
  return static_cast<std::uint64_t>(*count);
}

bool conv_counts_fit(const ConvDims& d) {
  const auto fits = [](const std::array<std::int64_t, 4>& shape) { return element_count(shape).has_value(); };
  return fits({d.n, d.c, d.h, d.w}) && fits({d.k, d.c / d.groups, d.r, d.s}) && fits({d.n, d.k, d.p, d.q}) &&
         conv_macs(d).has_value();
}

std::optional<std::int64_t> element_count(std::span<const std::int64_t> shape) {
  std::int64_t count = 1;
  for (const std::int64_t extent : shape) {
    if (extent <= 0 || extent > kLargestCount / count) return std::nullopt;
    count *= extent;
  }
  return count;
}

}  // namespace lnsim
