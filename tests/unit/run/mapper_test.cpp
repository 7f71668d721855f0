#include "sim/run/compile/mapper.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "sim/run/compile/mapping_cost.h"
#include "sim/run/compile/tile_sequence.h"

namespace lnsim {
namespace {

TEST(Wildcards, match_any_run_of_characters_or_one) {
  EXPECT_TRUE(matches("*", ""));
  EXPECT_TRUE(matches("conv*", "conv2d_1"));
  EXPECT_TRUE(matches("*.1?.*weight", "layer.12.conv.weight"));
  EXPECT_TRUE(matches("a*b*c", "aXbYbZc"));
  EXPECT_FALSE(matches("conv?", "conv"));
  EXPECT_FALSE(matches("conv", "conv2"));
  EXPECT_FALSE(matches("a*b", "aXc"));
}

Product matrix_product(GemmDims gemm) {
  TraceOperation operation;
  operation.op = "linear";
  operation.gemm = gemm;
  return products_of(operation).front();
}

TEST(MappingCost, of_a_product_that_fits_is_its_beats_when_nothing_else_is_slower) {
  // One PE, one row block, sixteen columns: 8 vectors x 16 beats, A fetch 16 cycles per pass.
  const Product product = matrix_product({1, 16, 32, 256});
  RunConfig config;
  config.machine.dma.outstanding_bursts = 256;
  const KindBits bits = kind_bits(config.machine.formats);
  ProductShape shape(product, config.machine.pe, bits, 24);
  Tiling tiling;
  tiling.rows = 32;
  tiling.columns = 16;
  tiling.vectors_a = tiling.vectors_b = 8;
  const MappingCost cost =
      mapping_cost(shape, tiling, {8192, 4096}, config.machine, bits, EnergyCosts{}, Objective::cycles);
  EXPECT_GE(cost.compute_cycles, 128.0);
  EXPECT_LE(cost.compute_cycles, 160.0);
  EXPECT_EQ(cost.energy_pj, 0.0);
  // Weights are stored in 16 bits: 16 KiB and 4 KiB, and 512 results, at 159.0 B per cycle with 256 bursts in
  // flight.
  EXPECT_NEAR(cost.dram_cycles, (16384 + 4096 + 512) / (256 * 64 / 105.0), 0.1);
}

TEST(MappingCost, is_never_larger_on_a_machine_with_more_pes) {
  for (const GemmDims gemm :
       {GemmDims{1, 500, 300, 700}, GemmDims{7, 64, 64, 64}, GemmDims{1, 3, 2000, 90}}) {
    const Product product = matrix_product(gemm);
    double fewer = 1e300;
    for (const std::uint32_t pes : {1U, 2U, 4U, 8U, 16U, 32U, 64U, 128U}) {
      RunConfig config;
      config.machine.pe.count = pes;
      const KindBits bits = kind_bits(config.machine.formats);
      ProductShape shape(product, config.machine.pe, bits, 24);
      const auto choice = search_tiling(shape, config, bits, EnergyCosts{}, tile_limits(config.machine));
      ASSERT_TRUE(choice);
      const Tiling& t = choice->tiling;
      const TileBytes tiles{static_cast<double>(shape.typical_a_bytes(t.rows, t.vectors_a)),
                            static_cast<double>(shape.typical_b_bytes(t.columns, t.vectors_b))};
      const double cost =
          mapping_cost(shape, t, tiles, config.machine, bits, EnergyCosts{}, Objective::cycles).cycles;
      // The choice may cost 4 % more than the best.
      EXPECT_LE(cost, fewer * 1.04) << pes << " PEs";
      fewer = std::min(fewer, cost);
    }
  }
}

TEST(SlotPair, keeps_the_tile_used_last_and_replaces_the_other) {
  SlotPair slots;
  EXPECT_EQ(slots.use({0}).slot, 0);
  EXPECT_EQ(slots.use({1}).slot, 1);
  EXPECT_FALSE(slots.use({0}).load);
  const SlotPair::Use third = slots.use({2});
  EXPECT_TRUE(third.load);
  EXPECT_EQ(third.slot, 1);
  EXPECT_FALSE(slots.use({0}).load);
}

}  // namespace
}  // namespace lnsim
