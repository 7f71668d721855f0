#include "sim/run/trace/trace_formulas.h"

#include <gtest/gtest.h>

#include <vector>

namespace lnsim {
namespace {

// What a filter of `filter` taps sees as it slides over the padded input, counted instead of divided.
std::int64_t counted_extent(std::int64_t in, std::int64_t filter, std::int64_t stride, std::int64_t pad,
                            std::int64_t dilation) {
  std::int64_t count = 0;
  for (std::int64_t first = -pad; first + dilation * (filter - 1) < in + pad; first += stride) ++count;
  return count;
}

TEST(TraceFormulas, output_extent_counts_the_places_of_the_filter) {
  for (std::int64_t in = 1; in <= 9; ++in)
    for (std::int64_t filter = 1; filter <= 4; ++filter)
      for (std::int64_t stride = 1; stride <= 3; ++stride)
        for (std::int64_t pad = 0; pad <= 2; ++pad)
          for (std::int64_t dilation = 1; dilation <= 3; ++dilation) {
            EXPECT_EQ(conv_output_extent(in, filter, stride, pad, dilation),
                      counted_extent(in, filter, stride, pad, dilation))
                << in << " " << filter << " " << stride << " " << pad << " " << dilation;
          }
}

TEST(TraceFormulas, a_convolution_is_another_product_in_every_pass) {
  const ConvDims d{2, 8, 9, 7, 12, 3, 3, 5, 4, 4, {2, 2}, {1, 1}, {1, 1}};
  EXPECT_EQ(conv_gemm(d, Pass::forward), (GemmDims{4, 2 * 5 * 4, 3, 2 * 9}));
  EXPECT_EQ(conv_gemm(d, Pass::input_gradient), (GemmDims{4, 2 * 9 * 7, 2, 3 * 9}));
  EXPECT_EQ(conv_gemm(d, Pass::weight_gradient), (GemmDims{4, 3, 2 * 9, 2 * 5 * 4}));
  EXPECT_EQ(conv_macs(d), std::uint64_t{2 * 12 * 5 * 4 * 2 * 9});
  // Forward and weight gradient do every multiplication of the dense product.
  EXPECT_EQ(gemm_macs(conv_gemm(d, Pass::forward)), conv_macs(d));
  EXPECT_EQ(gemm_macs(conv_gemm(d, Pass::weight_gradient)), conv_macs(d));
}

TEST(TraceFormulas, element_counts_stop_at_two_to_the_62) {
  constexpr std::int64_t half = std::int64_t{1} << 31;
  EXPECT_EQ(element_count(std::vector<std::int64_t>{}), 1);
  EXPECT_EQ(element_count(std::vector<std::int64_t>{half, half}), std::int64_t{1} << 62);
  EXPECT_EQ(element_count(std::vector<std::int64_t>{half, half, 2}), std::nullopt);
  EXPECT_EQ(element_count(std::vector<std::int64_t>{3, 0}), std::nullopt);
  EXPECT_EQ(gemm_macs({half, half, 2, 1}), std::nullopt);
  ConvDims wide;
  wide.n = half, wide.p = half, wide.k = 2;
  EXPECT_EQ(conv_macs(wide), std::nullopt);
}

}  // namespace
}  // namespace lnsim
