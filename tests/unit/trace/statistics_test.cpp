#include "sim/run/trace_tools/statistics.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/multiprecision/cpp_bin_float.hpp>
#include <cmath>
#include <random>

#include "sim/base/errors.h"
#include "sim/run/trace_tools/statistics_report.h"
#include "tests/unit/trace/recorded_trace.h"

namespace lnsim {
namespace {

using arith::FormatKind;
using arith::FormatParameters;
using arith::Underflow;
using Real = boost::multiprecision::cpp_bin_float_50;

const Progress kSilent = [](std::size_t, std::size_t, const std::string&) {};

// A trace with one linear layer's forward pass, x of [1, n].
class OneTensor : public testing::Test {
 protected:
  TraceStatistics statistics(const std::vector<double>& x, const std::vector<FormatParameters>& formats) {
    const auto n = static_cast<std::int64_t>(x.size());
    recorded_.tensor("x", {1, n}, x);
    recorded_.tensor("w", {1, n}, std::vector<double>(x.size(), 0.0));
    recorded_.tensor("y", {1, 1}, {0});
    recorded_.operation({{"layer", "fc"},
                         {"op", "linear"},
                         {"pass", "fwd"},
                         {"gemm", {{"M", 1}, {"N", 1}, {"K", n}}},
                         {"a", "x"},
                         {"b", "w"},
                         {"b_trans", true},
                         {"out", "y"}});
    return trace_statistics(recorded_.read(), formats, kSilent);
  }

  static const StatisticsRow& activations(const TraceStatistics& statistics) {
    const StatisticsRow& row = statistics.roles.at(1);
    EXPECT_EQ(row.role, TensorRole::activation);
    return row;
  }

  static std::vector<double> sample() {
    std::mt19937_64 random(11);
    std::normal_distribution<double> normal;
    std::vector<double> x;
    for (int i = 0; i < 700; ++i) x.push_back(std::ldexp(normal(random), i % 7) * 1e-3);
    x[17] = 0;
    return x;
  }

  RecordedTrace recorded_{"statistics"};
};

Real largest_of(const std::vector<double>& x) {
  Real largest = 0;
  for (const double value : x) largest = std::max<Real>(largest, abs(Real(value)));
  return largest;
}

template <class Quantise>
double snr_db(const std::vector<double>& x, Quantise quantise) {
  Real signal = 0, noise = 0;
  for (const double value : x) {
    const Real error = Real(value) - quantise(Real(value));
    signal += Real(value) * value;
    noise += error * error;
  }
  return static_cast<double>(10 * log10(signal / noise));
}

// value = sign 2^((e + k) / gamma), k = round(gamma log2 max) - top, e = round(gamma log2 |x|) - k in 0..top.
double lns_snr_db(const std::vector<double>& x, int bits, int gamma, Underflow underflow) {
  const Real top = (1 << (bits - 1)) - 1;
  const Real k = round(gamma * log2(largest_of(x))) - top;
  return snr_db(x, [&](const Real& value) -> Real {
    if (value == 0) return 0;
    const Real e = round(gamma * log2(abs(value))) - k;
    // The code of the smallest negative magnitude stands for zero.
    const Real bottom = value < 0 ? 1 : 0;
    if (e < bottom && underflow == Underflow::flush) return 0;
    const Real magnitude = exp2((std::max(e, bottom) + k) / gamma);
    return value < 0 ? Real(-magnitude) : magnitude;
  });
}

TEST_F(OneTensor, has_the_snr_of_lns_formats_as_their_definition_gives_it) {
  const std::vector<double> x = sample();
  std::vector<FormatParameters> formats;
  for (const Underflow underflow : {Underflow::clamp, Underflow::flush}) {
    for (const auto& [bits, gamma] : {std::pair{8U, 8U}, {8U, 16U}, {6U, 2U}, {4U, 1U}})
      formats.push_back({.kind = FormatKind::lns, .bits = bits, .gamma = gamma, .underflow = underflow});
  }
  const TraceStatistics statistics = this->statistics(x, formats);
  for (std::size_t i = 0; i < formats.size(); ++i) {
    const FormatFit& fit = activations(statistics).fits[i];
    EXPECT_NEAR(*fit.mean_db(),
                lns_snr_db(x, static_cast<int>(formats[i].bits), static_cast<int>(formats[i].gamma),
                           formats[i].underflow),
                1e-9)
        << statistics.formats[i]->name();
    EXPECT_EQ(fit.tensors, 1U);
    EXPECT_EQ(fit.counts.values, x.size());
  }
}

TEST_F(OneTensor, has_the_snr_of_floating_point_as_rounding_to_float_gives_it) {
  const std::vector<double> x = sample();
  const TraceStatistics statistics = this->statistics(x, {{.kind = FormatKind::fp32}});
  const double expected =
      snr_db(x, [](const Real& value) { return Real(static_cast<float>(static_cast<double>(value))); });
  EXPECT_NEAR(*activations(statistics).fits[0].mean_db(), expected, 1e-9);
}

// Scale 2^(k / 256), the smallest that keeps the largest magnitude at or below the top code.
TEST_F(OneTensor, has_the_snr_of_scaled_integers_as_their_definition_gives_it) {
  const std::vector<double> x = sample();
  const TraceStatistics statistics = this->statistics(x, {{.kind = FormatKind::integer, .bits = 8}});
  const Real step = exp2(ceil(256 * log2(largest_of(x) / 127)) / 256);
  EXPECT_NEAR(*activations(statistics).fits[0].mean_db(),
              snr_db(x, [&](const Real& value) { return Real(round(value / step) * step); }), 1e-9);
}

TEST_F(OneTensor, is_exact_where_the_format_holds_every_value) {
  const TraceStatistics statistics = this->statistics({1, -2, 4, 0, 0.5}, {{.kind = FormatKind::lns}});
  EXPECT_EQ(activations(statistics).fits[0].exact_tensors, 1U);
  EXPECT_FALSE(activations(statistics).fits[0].mean_db());
  // Nothing is asked of a tensor of zeros.
  EXPECT_EQ(statistics.roles.front().role, TensorRole::weight);
  EXPECT_EQ(statistics.roles.front().distribution.zeros(), 5U);
  EXPECT_EQ(statistics.roles.front().fits[0].exact_tensors, 0U);
}

TEST(FormatFit, takes_the_mean_and_the_lowest_of_the_tensors_that_have_an_snr) {
  FormatFit sum;
  EXPECT_FALSE(sum.mean_db());
  FormatFit exact;
  exact.exact_tensors = 1;
  sum += exact;
  for (const double snr_db : {30.0, 20.0, 40.0}) {
    FormatFit fit;
    fit.tensors = 1;
    fit.sum_db = fit.lowest_db = snr_db;
    sum += fit;
  }
  EXPECT_EQ(sum.mean_db(), 30);
  EXPECT_EQ(sum.lowest_db, 20);
  EXPECT_EQ(sum.exact_tensors, 1U);
}

// Smallest magnitudes over largest: 2^(top / gamma) codes, 127 steps, 2^-9 under the top binade of FP8 E4M3
// (256 = 2^8), 2^-16 under that of E5M2 (2^15).
TEST(FormatRange, is_that_of_the_formats_definition) {
  const auto octaves = [](const FormatParameters& format) {
    return octaves_below_largest(*arith::make_format(format));
  };
  EXPECT_DOUBLE_EQ(octaves({.kind = FormatKind::lns, .bits = 8, .gamma = 8}), 127.0 / 8);
  EXPECT_DOUBLE_EQ(octaves({.kind = FormatKind::lns, .bits = 5, .gamma = 1}), 15.0);
  EXPECT_NEAR(octaves({.kind = FormatKind::integer, .bits = 8}), std::log2(127.0), 1.0 / 256);
  EXPECT_EQ(octaves({.kind = FormatKind::fp8_e4m3}), 17.0);
  EXPECT_EQ(octaves({.kind = FormatKind::fp8_e5m2}), 31.0);
}

TEST(TraceStatistics, of_a_trace_of_shapes_are_refused) {
  const std::string path = LNSIM_SOURCE_DIR "/traces/bert-base-b2.jsonl";
  try {
    trace_statistics(read_trace(path), {}, kSilent);
    FAIL() << "no error";
  } catch (const UserError& error) {
    EXPECT_EQ(std::string(error.what()), path + ": got shapes only, expected a trace with recorded tensors");
  }
}

class ShippedStepsStatistics : public testing::Test {
 protected:
  ShippedStepsStatistics()
      : trace_(read_trace(LNSIM_SOURCE_DIR "/traces/digits-cnn.jsonl")),
        statistics_(
            trace_statistics(trace_, std::vector<FormatParameters>{{.kind = FormatKind::lns}}, kSilent)) {}
  Trace trace_;
  TraceStatistics statistics_;
};

// Every tensor line states how many zeros the recorder counted.
TEST_F(ShippedStepsStatistics, has_the_zeros_that_its_recorder_counted) {
  std::ifstream manifest(trace_.path);
  std::uint64_t zeros = 0, tensors = 0;
  for (std::string line; std::getline(manifest, line);) {
    const auto json = nlohmann::json::parse(line);
    if (json.contains("tensor")) ++tensors;
    zeros += json.value("zeros", 0U);
  }
  std::uint64_t found = 0, counted = 0;
  for (const StatisticsRow& row : statistics_.roles) {
    found += row.distribution.zeros();
    counted += row.tensors;
  }
  EXPECT_EQ(found, zeros);
  EXPECT_EQ(counted, tensors);
}

TEST_F(ShippedStepsStatistics, has_layers_that_add_up_to_the_kinds) {
  for (const StatisticsRow& role : statistics_.roles) {
    if (role.role == TensorRole::other) continue;  // of no layer
    Distribution sum;
    FormatFit fit;
    std::uint64_t tensors = 0;
    for (const StatisticsRow& layer : statistics_.layers) {
      if (layer.role != role.role) continue;
      sum += layer.distribution;
      fit += layer.fits[0];
      tensors += layer.tensors;
    }
    EXPECT_EQ(tensors, role.tensors);
    EXPECT_EQ(sum.octaves(), role.distribution.octaves());
    EXPECT_EQ(sum.octaves_below_largest(), role.distribution.octaves_below_largest());
    EXPECT_NEAR(*fit.mean_db(), *role.fits[0].mean_db(), 1e-9);
  }
  EXPECT_EQ(statistics_.layers.front().layer, "stem");
}

TEST_F(ShippedStepsStatistics, has_the_same_figures_in_table_json_and_picture) {
  const auto json = statistics_json(trace_, statistics_, true);
  EXPECT_EQ(json["kinds"].size(), statistics_.roles.size());
  EXPECT_EQ(json["layers"].size(), statistics_.layers.size());
  const auto& weights = json["kinds"][0];
  EXPECT_EQ(weights["kind"], "weight");
  std::uint64_t in_histogram = 0;
  for (const auto& bin : weights["histogram_log2_magnitude"])
    in_histogram += bin["values"].get<std::uint64_t>();
  EXPECT_EQ(in_histogram + weights["zeros"].get<std::uint64_t>(), weights["values"]);
  const std::string table = statistics_table(statistics_, statistics_.roles);
  EXPECT_NE(table.find("lns8g8     8     15.9"), std::string::npos) << table;
  EXPECT_NE(statistics_table(statistics_, statistics_.layers).find("block2.down"), std::string::npos);
  const std::string svg = statistics_svg(trace_, statistics_);
  EXPECT_TRUE(svg.ends_with("</svg>\n"));
  EXPECT_NE(svg.find(">4 968 values<"), std::string::npos);
  EXPECT_EQ(svg, statistics_svg(trace_, statistics_));
}

TEST_F(ShippedStepsStatistics, without_by_layer_has_no_layers_in_its_json) {
  EXPECT_FALSE(statistics_json(trace_, statistics_, false).contains("layers"));
}

}  // namespace
}  // namespace lnsim
