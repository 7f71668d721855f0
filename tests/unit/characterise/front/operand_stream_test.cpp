#include "tools/characterise/operand_stream.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "sim/run/compile/product.h"
#include "tests/unit/temporary_folder.h"

namespace lnsim::characterise {
namespace {

DesignParameters lane(arith::DatapathKind kind) {
  DesignParameters design;
  design.vector_size = 8;
  design.datapath.kind = kind;
  return design;
}

StreamParameters stream_of(StreamKind kind) {
  StreamParameters stream;
  stream.name = "stream";
  stream.kind = kind;
  return stream;
}

TEST(OperandStream, IsTheSameForEqualSeedsOnly) {
  const DesignParameters design = lane(arith::DatapathKind::lns);
  const auto one = make_operand_stream(stream_of(StreamKind::uniform), design, 1, {});
  const auto same = make_operand_stream(stream_of(StreamKind::uniform), design, 1, {});
  const auto other = make_operand_stream(stream_of(StreamKind::uniform), design, 2, {});
  const Hold hold = one->next();
  EXPECT_EQ(hold.b, same->next().b);
  EXPECT_NE(hold.b, other->next().b);
}

TEST(OperandStream, StartsASumEveryBeatsPerSumVectors) {
  StreamParameters parameters = stream_of(StreamKind::uniform);
  parameters.beats_per_sum = 3;
  const auto stream = make_operand_stream(parameters, lane(arith::DatapathKind::lns), 1, {});
  for (unsigned i = 0; i < 9; ++i) EXPECT_EQ(stream->next().first, i % 3 == 0);
}

TEST(OperandStream, OfUniformCodesHasEveryFiniteOne) {
  const DesignParameters design = lane(arith::DatapathKind::fp8_e5m2);
  const auto format = arith::make_format(format_b(design));
  std::set<arith::Code> seen, finite;
  for (arith::Code code = 0; code < 256; ++code)
    if (std::isfinite(format->value(code, {}))) finite.insert(code);
  const auto stream = make_operand_stream(stream_of(StreamKind::uniform), design, 1, {});
  for (unsigned i = 0; i < 100; ++i) {
    const Hold hold = stream->next();
    seen.insert(hold.b.begin(), hold.b.end());
  }
  EXPECT_EQ(seen, finite);
}

// Of n draws with probability p the share is within 5 standard deviations.
TEST(OperandStream, HasTheShareOfZerosThatIsAskedFor) {
  StreamParameters parameters = stream_of(StreamKind::log_normal);
  parameters.zeros_b = 0.3;
  const DesignParameters design = lane(arith::DatapathKind::lns);
  const arith::Code zero = arith::make_format(format_b(design))->zero_code();
  const auto stream = make_operand_stream(parameters, design, 1, {});
  double zeros = 0, all = 0;
  for (unsigned i = 0; i < 100; ++i) {
    const Hold hold = stream->next();
    all += static_cast<double>(hold.b.size());
    zeros += static_cast<double>(std::count(hold.b.begin(), hold.b.end(), zero));
    EXPECT_EQ(std::count(hold.a.begin(), hold.a.end(), zero), 0);
  }
  EXPECT_NEAR(zeros / all, 0.3, 5 * std::sqrt(0.3 * 0.7 / all));
}

TEST(OperandStream, OfLogNormalRealsHasTheirDeviation) {
  const DesignParameters design = lane(arith::DatapathKind::fp32);
  const auto format = arith::make_format(format_b(design));
  StreamParameters parameters = stream_of(StreamKind::log_normal);
  parameters.sigma_octaves = 2;
  const auto stream = make_operand_stream(parameters, design, 1, {});
  double sum = 0, squares = 0, negative = 0, all = 0;
  for (unsigned i = 0; i < 100; ++i) {
    for (const arith::Code code : stream->next().b) {
      const double octaves = std::log2(std::abs(format->value(code, {})));
      sum += octaves;
      squares += octaves * octaves;
      negative += format->value(code, {}) < 0 ? 1 : 0;
      ++all;
    }
  }
  const double variance = squares / all - sum / all * (sum / all);
  EXPECT_NEAR(std::sqrt(variance), 2, 5 * 2 / std::sqrt(2 * all));
  EXPECT_NEAR(negative / all, 0.5, 5 * 0.5 / std::sqrt(all));
}

StreamParameters recorded(const std::string& layer, Pass pass) {
  StreamParameters stream = stream_of(StreamKind::recorded);
  stream.trace = "traces/digits-cnn.jsonl";
  stream.layer = layer;
  stream.pass = pass;
  return stream;
}

// Sums of products of the recorded operands, rounded to FP32, are elements of the recorded result, in their
// order.
TEST(OperandStream, OfARecordedProductAddsUpToItsResults) {
  DesignParameters design = lane(arith::DatapathKind::fp32);
  const auto format = arith::make_format(format_b(design));
  const auto stream =
      make_operand_stream(recorded("block2.conv2", Pass::forward), design, 1, LNSIM_SOURCE_DIR);
  const Trace trace = read_trace(LNSIM_SOURCE_DIR "/traces/digits-cnn.jsonl");
  const Tensor results = TensorStore(trace).read("block2.conv2/y");
  // 16 channels in vectors of 8, 9 taps.
  std::vector<double> sums(design.collector_entries);
  for (unsigned held = 0; held < 18; ++held) {
    const Hold hold = stream->next();
    EXPECT_EQ(hold.first, held == 0);
    for (std::size_t entry = 0; entry < sums.size(); ++entry)
      for (std::size_t i = 0; i < hold.a.size(); ++i)
        sums[entry] += format->value(hold.a[i], {}) * format->value(hold.b[entry * hold.a.size() + i], {});
  }
  EXPECT_TRUE(stream->next().first);
  // A tile of 16 columns is one image of 4 x 4 pixels in one output channel.
  std::vector<double> errors;
  for (std::size_t plane = 0; plane < results.values.size(); plane += sums.size()) {
    double error = 0;
    for (std::size_t i = 0; i < sums.size(); ++i)
      error = std::max(error, std::abs(results.values[plane + i] - sums[i]));
    errors.push_back(error);
  }
  // The recorder rounded operands to 8-bit logarithmic numbers, so that the results differ by per cents,
  // those of other images and channels by tens of per cents.
  std::sort(errors.begin(), errors.end());
  EXPECT_LT(errors[0], errors[1] / 8);
}

TEST(OperandStream, OfALayerThatIsNotThereIsRefused) {
  try {
    make_operand_stream(recorded("block2.conv3", Pass::forward), lane(arith::DatapathKind::lns), 1,
                        LNSIM_SOURCE_DIR);
    FAIL();
  } catch (const UserError& error) {
    EXPECT_NE(std::string(error.what()).find("no forward product of the layer block2.conv3"),
              std::string::npos)
        << error.what();
  }
}

}  // namespace
}  // namespace lnsim::characterise
