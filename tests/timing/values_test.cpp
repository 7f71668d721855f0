// Values through the machine: equal to a plain loop over rows, columns and vectors, at the same cycles as
// shapes alone, and whatever the order of processes or the stalls.
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <vector>

#include "models/arith/lane_switching.h"
#include "models/compute/aligned_bytes.h"
#include "models/cycle_events.h"
#include "tests/timing/tiled_product.h"

namespace lnsim {
namespace {

using test::MatrixData;
using test::TiledProduct;
using test::TiledProgram;

constexpr std::uint32_t kVectorSize = 8;

// Ragged in every dimension: 27 = 2 * (2 * 6) + 3 rows, 17 = 2 * 7 + 3 columns, 61 = 7 * 8 + 5 elements.
TiledProduct ragged(bool keep) {
  TiledProduct product;
  product.rows = 27;
  product.columns = 17;
  product.vectors = 8;
  product.tile_rows = keep ? 4 : 6;
  product.tile_columns = 7;
  product.tile_vectors = 3;
  product.grid = {1, 2, 1};
  product.elements = 61;
  product.keep = keep;
  return product;
}

AcceleratorParameters machine() {
  return test::small_machine(4);
}

struct Arithmetic {
  explicit Arithmetic(arith::DatapathKind kind) {
    parameters.kind = kind;
    arith::FormatParameters operand;
    if (kind == arith::DatapathKind::int8) {
      operand.kind = arith::FormatKind::integer;
      operand.bits = 8;
      parameters.accumulator = arith::AccumulatorMode::exact;
    }
    format = arith::make_format(operand);
    datapath = arith::make_datapath(parameters, *format, *format);
  }

  arith::DatapathParameters parameters;
  std::unique_ptr<const arith::NumberFormat> format;
  std::unique_ptr<const arith::Datapath> datapath;
};

// The dot product of one row and one column, vector by vector, in a single lane.
double single_lane(const MatrixData& data, const arith::Datapath& datapath, std::uint32_t row,
                   std::uint32_t column, std::uint32_t vectors, arith::DotCounts& counts) {
  AlignedBytes a;
  AlignedBytes b;
  AlignedBytes sum;
  a.reserve(kVectorSize * datapath.packed_bytes());
  b.reserve(kVectorSize * datapath.packed_bytes());
  sum.reserve(datapath.accumulator_bytes());
  datapath.clear(sum.data(), 1);
  for (std::uint32_t v = 0; v < vectors; ++v) {
    data.pack(true, row, v, a.data());
    data.pack(false, column, v, b.data());
    datapath.beat(a.data(), b.data(), kVectorSize, 1, sum.data(), counts);
  }
  return datapath.value(sum.data());
}

class TiledValues : public ::testing::TestWithParam<bool> {};

TEST_P(TiledValues, of_int8_operands_are_the_exact_dot_products) {
  const TiledProduct product = ragged(GetParam());
  const Arithmetic int8(arith::DatapathKind::int8);
  MatrixData data(product, kVectorSize, *int8.datapath, *int8.format, 1);
  Accelerator(machine()).run(TiledProgram(product, machine()).program, &data);
  EXPECT_EQ(data.emitted(), std::uint64_t{product.rows} * product.columns);
  for (std::uint32_t row = 0; row < product.rows; ++row) {
    for (std::uint32_t column = 0; column < product.columns; ++column) {
      double sum = 0;
      for (std::uint32_t k = 0; k < product.elements; ++k) {
        sum += int8.format->value(data.a()[row * product.elements + k], {}) *
               int8.format->value(data.b()[column * product.elements + k], {});
      }
      ASSERT_EQ(data.result(row, column), sum) << row << " " << column;
    }
  }
}

TEST_P(TiledValues, of_lns_operands_are_those_of_a_single_lane_vector_by_vector) {
  const TiledProduct product = ragged(GetParam());
  const Arithmetic lns(arith::DatapathKind::lns);
  MatrixData data(product, kVectorSize, *lns.datapath, *lns.format, 2);
  const RunResult result = Accelerator(machine()).run(TiledProgram(product, machine()).program, &data);
  arith::DotCounts counts;
  for (std::uint32_t row = 0; row < product.rows; ++row) {
    for (std::uint32_t column = 0; column < product.columns; ++column) {
      ASSERT_EQ(data.result(row, column),
                single_lane(data, *lns.datapath, row, column, product.vectors, counts))
          << row << " " << column;
    }
  }
  EXPECT_EQ(result.dot_counts, counts);
  EXPECT_EQ(result.dot_counts.products, result.events[Event::datapath_mac]);
}

TEST_P(TiledValues, take_the_cycles_and_events_of_the_shapes_alone) {
  const TiledProduct product = ragged(GetParam());
  const Arithmetic lns(arith::DatapathKind::lns);
  MatrixData data(product, kVectorSize, *lns.datapath, *lns.format, 3);
  const Program program = TiledProgram(product, machine()).program;
  RunResult with_values = Accelerator(machine()).run(program, &data);
  const RunResult shapes = Accelerator(machine()).run(program, nullptr);
  EXPECT_GT(with_values.dot_counts.products, 0U);
  with_values.dot_counts = {};
  EXPECT_EQ(with_values, shapes);
}

// A single PE takes a block of rows vector by vector, and each vector through all columns.
TEST(SwitchingOfTheMachine, is_that_of_its_lanes_in_the_order_of_its_beats) {
  TiledProduct product;
  product.rows = product.tile_rows = 3;
  product.columns = product.tile_columns = 5;
  product.vectors = product.tile_vectors = 4;
  product.grid = {1, 1, 1};
  product.elements = 30;  // 3 * 8 + 6
  AcceleratorParameters one_pe = test::small_machine(1);
  const Arithmetic lns(arith::DatapathKind::lns);
  MatrixData data(product, kVectorSize, *lns.datapath, *lns.format, 6);
  const RunResult result =
      Accelerator(one_pe).run(TiledProgram(product, one_pe).program, &data, LaneActivity::counted);

  arith::LaneSwitching lanes(*lns.datapath, one_pe.pe.lanes, kVectorSize);
  const std::size_t vector_bytes = kVectorSize * lns.datapath->packed_bytes();
  const std::size_t sum_bytes = product.rows * lns.datapath->accumulator_bytes();
  AlignedBytes a, b, before;
  a.reserve(product.rows * vector_bytes);
  b.reserve(vector_bytes);
  before.reserve(sum_bytes);
  std::vector<AlignedBytes> sums(product.columns);
  for (AlignedBytes& column : sums) {
    column.reserve(sum_bytes);
    lns.datapath->clear(column.data(), product.rows);
  }
  arith::DotCounts counts;
  for (std::uint32_t v = 0; v < product.vectors; ++v) {
    for (std::uint32_t row = 0; row < product.rows; ++row)
      data.pack(true, row, v, a.data() + row * vector_bytes);
    for (std::uint32_t column = 0; column < product.columns; ++column) {
      data.pack(false, column, v, b.data());
      std::copy_n(sums[column].data(), sum_bytes, before.data());
      lns.datapath->beat(a.data(), b.data(), kVectorSize, product.rows, sums[column].data(), counts);
      lanes.beat(a.data(), b.data(), product.rows, before.data(), sums[column].data());
    }
  }
  EXPECT_EQ(result.switching, lanes.counts());
}

TEST_P(TiledValues, change_nothing_but_the_counts_of_what_switches_where_it_is_counted) {
  const TiledProduct product = ragged(GetParam());
  const Arithmetic lns(arith::DatapathKind::lns);
  MatrixData plain(product, kVectorSize, *lns.datapath, *lns.format, 7);
  MatrixData data(product, kVectorSize, *lns.datapath, *lns.format, 7);
  const Program program = TiledProgram(product, machine()).program;
  Accelerator accelerator(machine());
  RunResult counted = accelerator.run(program, &data, LaneActivity::counted);
  const RunResult ignored = accelerator.run(program, &plain);
  using arith::Switching;
  EXPECT_EQ(counted.switching[Switching::slots],
            counted.events[Event::datapath_mac] + counted.events[Event::datapath_idle_mac]);
  EXPECT_EQ(counted.switching[Switching::live_products],
            counted.dot_counts.products - counted.dot_counts.zero_products);
  EXPECT_GT(counted.switching[Switching::accumulator_bits], 0U);
  EXPECT_EQ(ignored.switching, arith::SwitchingCounts{});
  EXPECT_EQ(accelerator.run(program, nullptr).switching, arith::SwitchingCounts{});
  counted.switching = {};
  EXPECT_EQ(counted, ignored);
  EXPECT_EQ(data.result(26, 16), plain.result(26, 16));
}

TEST_P(TiledValues, and_cycles_do_not_depend_on_the_order_of_processes_or_construction) {
  const TiledProduct product = ragged(GetParam());
  const Arithmetic lns(arith::DatapathKind::lns);
  MatrixData plain(product, kVectorSize, *lns.datapath, *lns.format, 4);
  const Program program = TiledProgram(product, machine()).program;
  const RunResult expected = Accelerator(machine()).run(program, &plain);
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    SimulationOptions options;
    options.seed = seed;
    options.shuffle = true;
    MatrixData data(product, kVectorSize, *lns.datapath, *lns.format, 4);
    EXPECT_EQ(Accelerator(machine(), options).run(program, &data), expected) << seed;
    EXPECT_EQ(data.result(26, 16), plain.result(26, 16)) << seed;
  }
}

TEST_P(TiledValues, and_cycles_are_the_same_beat_by_beat) {
  const TiledProduct product = ragged(GetParam());
  const Program program = TiledProgram(product, machine()).program;
  SimulationOptions options;
  options.exact_step = true;
  EXPECT_EQ(Accelerator(machine(), options).run(program, nullptr),
            Accelerator(machine()).run(program, nullptr));
}

TEST_P(TiledValues, do_not_change_under_random_stalls) {
  const TiledProduct product = ragged(GetParam());
  const Arithmetic lns(arith::DatapathKind::lns);
  MatrixData plain(product, kVectorSize, *lns.datapath, *lns.format, 5);
  const Program program = TiledProgram(product, machine()).program;
  const RunResult expected = Accelerator(machine()).run(program, &plain);
  for (const unsigned percent : {5U, 40U, 80U}) {
    SimulationOptions options;
    options.seed = percent;
    options.stall_percent = percent;
    MatrixData data(product, kVectorSize, *lns.datapath, *lns.format, 5);
    RunResult stalled = Accelerator(machine(), options).run(program, &data);
    EXPECT_GT(stalled.cycles, expected.cycles) << percent;
    for (std::uint32_t row = 0; row < product.rows; ++row) {
      for (std::uint32_t column = 0; column < product.columns; ++column) {
        ASSERT_EQ(data.result(row, column), plain.result(row, column)) << percent;
      }
    }
    count_cycle_events(stalled.events, expected.cycles, machine().pe);  // the only ones that stalls change
    EXPECT_EQ(stalled.events, expected.events) << percent;
    EXPECT_EQ(stalled.dot_counts, expected.dot_counts) << percent;
    const auto& causes = stalled.cycles_by_cause;
    EXPECT_EQ(std::accumulate(causes.begin(), causes.end(), std::uint64_t{0}), stalled.cycles) << percent;
  }
}

INSTANTIATE_TEST_SUITE_P(SumsBetweenChunks, TiledValues, ::testing::Values(false, true),
                         [](const auto& test) { return test.param ? "kept" : "spilled"; });

TEST(Values, reach_the_update_rule_once_per_command) {
  const TiledProduct product = ragged(false);
  const Arithmetic lns(arith::DatapathKind::lns);
  MatrixData data(product, kVectorSize, *lns.datapath, *lns.format, 6);
  Program program;
  Update update;
  update.parameters = 100;
  update.read_bytes = 700;
  update.write_bytes = 600;
  program.add(update, {});
  program.add(update, {});
  Accelerator(machine()).run(program, &data);
  EXPECT_EQ(data.updated(), 200U);
}

}  // namespace
}  // namespace lnsim
