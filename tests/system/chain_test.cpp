// A small network that the test computes itself, layer by layer in double precision. Its trace holds the true
// results, but wrong operands between the layers: only a replay in a chain can meet the results.
#include "sim/run/replay/chain.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "sim/run/report/numeric_table.h"
#include "sim/run/report/report.h"
#include "tests/unit/run/npy_bytes.h"

namespace lnsim {
namespace {

namespace fs = std::filesystem;
using Numbers = std::vector<double>;

const fs::path kSource = LNSIM_SOURCE_DIR;

constexpr std::size_t kRows = 8, kIn = 6, kHidden = 10, kOut = 4;
constexpr double kRate = 0.125;

Numbers waves(std::size_t count, double phase) {
  Numbers values;
  for (std::size_t i = 0; i < count; ++i) {
    const double wave = std::sin(1.7 * static_cast<double>(i) + phase);
    values.push_back(static_cast<double>(static_cast<float>(wave)));  // FP32 machines hold it exactly
  }
  return values;
}

// out[m, n] = sum over k of a(m, k) b(k, n).
template <class A, class B>
Numbers product(std::size_t m, std::size_t n, std::size_t k, const A& a, const B& b) {
  Numbers out(m * n);
  for (std::size_t i = 0; i < m; ++i)
    for (std::size_t j = 0; j < n; ++j)
      for (std::size_t l = 0; l < k; ++l) out[i * n + j] += a(i, l) * b(l, j);
  return out;
}

// y1 = x W1', h = relu(y1 + b1), y2 = h W2', loss = mean cross entropy of y2; h is what fc2/x should be.
struct Network {
  Numbers x = waves(kRows * kIn, 0.1), w1 = waves(kHidden * kIn, 0.7), b1 = waves(kHidden, 2.0),
          w2 = waves(kOut * kHidden, 1.1), labels{0, 1, 2, 3, 3, 2, 1, 0};
  Numbers y1, h, y2, dy2, dh, dy1, dw2, dw1;

  Network() {
    const auto at = [](const Numbers& v, std::size_t columns) {
      return [&v, columns](std::size_t r, std::size_t c) { return v[r * columns + c]; };
    };
    const auto turned = [](const Numbers& v, std::size_t columns) {
      return [&v, columns](std::size_t r, std::size_t c) { return v[c * columns + r]; };
    };
    y1 = product(kRows, kHidden, kIn, at(x, kIn), turned(w1, kIn));
    for (std::size_t i = 0; i < y1.size(); ++i) h.push_back(std::max(0.0, y1[i] + b1[i % kHidden]));
    y2 = product(kRows, kOut, kHidden, at(h, kHidden), turned(w2, kHidden));
    for (std::size_t row = 0; row < kRows; ++row) {
      double sum = 0;
      for (std::size_t c = 0; c < kOut; ++c) sum += std::exp(y2[row * kOut + c]);
      for (std::size_t c = 0; c < kOut; ++c) {
        const double hit = labels[row] == static_cast<double>(c) ? 1.0 : 0.0;
        dy2.push_back((std::exp(y2[row * kOut + c]) / sum - hit) / kRows);
      }
    }
    dh = product(kRows, kHidden, kOut, at(dy2, kOut), at(w2, kHidden));
    dw2 = product(kOut, kHidden, kRows, turned(dy2, kOut), at(h, kHidden));
    for (std::size_t i = 0; i < dh.size(); ++i) dy1.push_back(h[i] > 0 ? dh[i] : 0.0);
    dw1 = product(kHidden, kIn, kRows, turned(dy1, kHidden), at(x, kIn));
  }

  static Numbers updated(const Numbers& w, const Numbers& dw) {
    Numbers result;
    for (std::size_t i = 0; i < w.size(); ++i) result.push_back(w[i] - kRate * dw[i]);
    return result;
  }
};

class ChainedNetwork : public testing::Test {
 protected:
  ChainedNetwork() {
    folder_ = fs::temp_directory_path() /
              fmt::format("lnsim_chain_{}_{}", testing::UnitTest::GetInstance()->random_seed(),
                          testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::create_directories(folder_);
    const Numbers wrong_h = waves(kRows * kHidden, 5.0), wrong_dy2 = waves(kRows * kOut, 6.0);
    add_tensor("x", {kRows, kIn}, net_.x);
    add_tensor("w1", {kHidden, kIn}, net_.w1);
    add_tensor("b1", {kHidden}, net_.b1);
    add_tensor("y1", {kRows, kHidden}, net_.y1);
    add_tensor("h", {kRows, kHidden}, wrong_h);
    add_tensor("w2", {kOut, kHidden}, net_.w2);
    add_tensor("y2", {kRows, kOut}, net_.y2);
    add_tensor("labels", {kRows}, net_.labels);
    add_tensor("dy2", {kRows, kOut}, wrong_dy2);
    add_tensor("dh", {kRows, kHidden}, net_.dh);
    add_tensor("dw2", {kOut, kHidden}, net_.dw2);
    add_tensor("dy1", {kRows, kHidden}, wrong_h);
    add_tensor("dw1", {kHidden, kIn}, net_.dw1);
    add_tensor("dwq1", {kHidden, kIn}, waves(kHidden * kIn, 7.0));
    add_tensor("dwq2", {kOut, kHidden}, waves(kOut * kHidden, 8.0));
    add_tensor("w1_new", {kHidden, kIn}, Network::updated(net_.w1, net_.dw1));
    add_tensor("w2_new", {kOut, kHidden}, Network::updated(net_.w2, net_.dw2));
  }
  ~ChainedNetwork() override { fs::remove_all(folder_); }

  void add_tensor(const std::string& key, const std::vector<std::size_t>& shape, const Numbers& values) {
    tensor_lines_ += fmt::format(R"({{"tensor":"{0}","shape":[{1}],"dtype":"float64","file":"{0}.npy"}})",
                                 key, fmt::join(shape, ",")) +
                     "\n";
    std::ofstream(folder_ / (key + ".npy"), std::ios::binary) << npy_bytes(
        npy_header_text("<f8", fmt::format("({},)", fmt::join(shape, ","))) + "\n", raw_bytes(values));
  }

  // `relu` and `relu_backward` are what the lines of the operator between the layers say of values.
  Trace trace(const std::string& relu = R"("in":["y1"],"out":["h"])",
              const std::string& relu_backward = R"("in":["dh"],"out":["dy1"])") const {
    const fs::path path = folder_ / "net.jsonl";
    std::ofstream(path) << R"({"format":"lns-layertrace/1","model":"two layers"}
{"i":0,"layer":"fc1","op":"linear","pass":"fwd","gemm":{"M":8,"N":10,"K":6},"a":"x","b":"w1","b_trans":true,"out":"y1","bias":"b1"}
{"i":1,"layer":"relu","op":"relu","pass":"fwd","shape":[8,10],)"
                        << relu << R"(}
{"i":2,"layer":"fc2","op":"linear","pass":"fwd","gemm":{"M":8,"N":4,"K":10},"a":"h","b":"w2","b_trans":true,"out":"y2"}
{"i":3,"layer":"loss","op":"cross_entropy","pass":"fwd","shape":[8,4],"in":["y2"],"out":["loss"],"params":["labels"]}
{"i":4,"layer":"loss","op":"cross_entropy","pass":"bwd","shape":[8,4],"out":["dy2"]}
{"i":5,"layer":"fc2","op":"linear","pass":"bwd_input","gemm":{"M":8,"N":10,"K":4},"a":"dy2","b":"w2","out":"dh"}
{"i":6,"layer":"fc2","op":"linear","pass":"bwd_weight","gemm":{"M":4,"N":10,"K":8},"a":"dy2","a_trans":true,"b":"h","out":"dw2"}
{"i":7,"layer":"relu","op":"relu","pass":"bwd","shape":[8,10],)"
                        << relu_backward << R"(}
{"i":8,"layer":"fc1","op":"linear","pass":"bwd_weight","gemm":{"M":10,"N":6,"K":8},"a":"dy1","a_trans":true,"b":"x","out":"dw1"}
{"i":9,"layer":"fc1","op":"update","pass":"update","param":"w1","shape":[10,6],"rule":"sgd","lr":0.125,"w":"w1","dw":"dwq1","out":"w1_new"}
{"i":10,"layer":"fc2","op":"update","pass":"update","param":"w2","shape":[4,10],"rule":"sgd","lr":0.125,"w":"w2","dw":"dwq2","out":"w2_new"}
)" << tensor_lines_;
    return read_trace(path);
  }

  IterationResult run(const Trace& trace, Values values, unsigned jobs = 1) const {
    IterationOptions options;
    options.values = values;
    options.jobs = jobs;
    return run_iteration(trace, config_, costs_, options,
                         [](std::size_t, std::size_t, const std::string&) {});
  }

  RunConfig config_ = read_run_config(kSource / "configs/accelerators/fp32.yaml");
  EnergyCosts costs_ = read_energy_table(kSource / "configs/energy/published-45nm.yaml", config_.machine);
  Network net_;
  fs::path folder_;
  std::string tensor_lines_;
};

// Sums of 10 products in FP32 lose less than 10 x 2^-24 of the sum of their magnitudes, and there are five
// products and a softmax one behind the other.
constexpr double kFloatError = 1e-5;

TEST_F(ChainedNetwork, meets_the_results_that_the_formulas_give) {
  for (const OperationResult& operation : run(trace(), Values::chained).operations) {
    if (operation.numeric) {
      EXPECT_LT(operation.numeric->sums->relative_max_error(), kFloatError) << operation.layer;
      EXPECT_EQ(operation.numeric->sums->sign_flips, 0U) << operation.layer;
    }
    if (operation.update) {
      EXPECT_LT(operation.update->weights->max_error, kFloatError) << operation.layer;
    }
    EXPECT_FALSE(operation.not_computed) << *operation.not_computed;
  }
}

TEST_F(ChainedNetwork, is_not_what_a_replay_layer_by_layer_takes) {
  const IterationResult result = run(trace(), Values::when_recorded);
  EXPECT_LT(result.operations[0].numeric->sums->relative_max_error(), kFloatError);  // its operands are right
  for (const std::size_t wrong : {2U, 5U, 6U, 8U}) {
    const ErrorFigures& sums = *result.operations[wrong].numeric->sums;
    EXPECT_GT(sums.relative_max_error(), 0.1) << wrong;
    EXPECT_GT(sums.sign_flips, 0U) << wrong;
    EXPECT_TRUE(result.operations[wrong].origins.empty());
  }
  EXPECT_GT(result.operations[9].update->weights->max_error, 0.01);
}

TEST_F(ChainedNetwork, says_where_every_operand_came_from) {
  const IterationResult result = run(trace(), Values::chained);
  const auto origins = [&](std::size_t i) {
    std::string text;
    for (const OperandOrigin& o : result.operations[i].origins)
      text += fmt::format("{} {} {}; ", o.operand, o.tensor, o.simulated ? "simulated" : o.because);
    return text;
  };
  EXPECT_EQ(origins(0), "a x no line makes it; b w1 a parameter before its update; ");
  EXPECT_EQ(origins(2), "a h simulated; b w2 a parameter before its update; ");
  EXPECT_EQ(origins(6), "a dy2 simulated; b h simulated; ");
  EXPECT_EQ(origins(8), "a dy1 simulated; b x no line makes it; ");
  EXPECT_EQ(origins(9), "dw dwq1 simulated; ");
}

TEST_F(ChainedNetwork, starts_again_where_the_trace_says_nothing_of_values) {
  const IterationResult result = run(trace("\"note\":1", "\"note\":1"), Values::chained);
  EXPECT_EQ(result.operations[1].not_computed, "the trace does not say what it makes");
  EXPECT_FALSE(result.operations[2].origins[0].simulated);
  EXPECT_EQ(result.operations[2].origins[0].because, "no line makes it");
  EXPECT_GT(result.operations[2].numeric->sums->relative_max_error(), 0.1);
  EXPECT_THAT(numeric_table(result), testing::HasSubstr("no line makes it: x, h, dy1"));
}

TEST_F(ChainedNetwork, starts_again_where_an_operator_cannot_be_computed) {
  const IterationResult result = run(trace(R"("in":["w2"],"out":["h"])"), Values::chained);
  EXPECT_EQ(result.operations[1].not_computed, "an operand of 40 elements instead of 80");
  EXPECT_EQ(result.operations[2].origins[0].because,
            "at relu (relu): an operand of 40 elements instead of 80");
}

// relu on the matrix turned around; the gradient comes in two parts.
constexpr const char* kTurned =
    R"({"value":"t","elements":80,"of":"y1","shape":[10,8],"from":[0,1,10],"to":[0,8,1]}
{"value":"h","elements":80,"of":"th","shape":[8,10],"from":[0,1,8],"to":[0,10,1]}
{"value":"dth","elements":80,"of":"dh","factor":3,"shape":[10,8],"from":[0,1,10],"to":[0,8,1]}
{"value":"dth","elements":80,"of":"dh","factor":-2,"shape":[10,8],"from":[0,1,10],"to":[0,8,1]}
{"value":"dy1","elements":80,"of":"dt","shape":[8,10],"from":[0,1,8],"to":[0,10,1]}
)";

TEST_F(ChainedNetwork, puts_values_together_from_parts_of_others) {
  tensor_lines_ += kTurned;
  const Trace network = trace(R"("in":["t"],"out":["th"])", R"("in":["dth"],"out":["dt"])");
  write_trace(network, folder_ / "copy.jsonl");
  EXPECT_EQ(read_trace(folder_ / "copy.jsonl").values, network.values);
  const IterationResult result = run(network, Values::chained);
  for (const OperationResult& operation : result.operations) {
    if (operation.numeric) {
      EXPECT_LT(operation.numeric->sums->relative_max_error(), kFloatError) << operation.layer;
    }
    EXPECT_FALSE(operation.not_computed) << *operation.not_computed;
  }
  EXPECT_TRUE(result.cuts.empty());
  EXPECT_THAT(numeric_table(result), testing::HasSubstr("The chain was not cut"));
}

TEST_F(ChainedNetwork, says_where_the_recorder_lost_a_value) {
  tensor_lines_ += R"({"value":"h","because":"leaky_relu is not followed"})"
                   "\n";
  const IterationResult result = run(trace("\"note\":1"), Values::chained);
  const OperandOrigin& operand = result.operations[2].origins[0];
  EXPECT_FALSE(operand.simulated);
  EXPECT_EQ(operand.because, "leaky_relu is not followed");
  EXPECT_THAT(numeric_table(result), testing::HasSubstr("leaky_relu is not followed: h"));
}

TEST_F(ChainedNetwork, is_cut_where_a_value_lacks_the_part_that_is_asked_for) {
  tensor_lines_ += R"({"value":"t","elements":80,"of":"y1","shape":[80],"from":[1,1],"to":[0,1]})"
                   "\n";
  const IterationResult result = run(trace(R"("in":["t"],"out":["h"])"), Values::chained);
  EXPECT_EQ(result.operations[1].not_computed, "y1 of 80 elements has no such part for t");
}

TEST_F(ChainedNetwork, compares_new_weights_with_those_of_the_next_step) {
  const Trace network = trace();
  const NextStep same(network);  // a step that begins with the old weights
  IterationOptions options;
  options.values = Values::chained;
  options.next = &same;
  const IterationResult result =
      run_iteration(network, config_, costs_, options, [](std::size_t, std::size_t, const std::string&) {});
  double largest = 0;
  for (const double change : net_.dw1) largest = std::max(largest, kRate * std::abs(change));
  EXPECT_NEAR(result.operations[9].update->next_step->max_error, largest, kFloatError);
  EXPECT_FALSE(run(network, Values::chained).operations[9].update->next_step);
}

TEST_F(ChainedNetwork, survives_writing_and_reading_of_its_trace) {
  const Trace network = trace();
  write_trace(network, folder_ / "copy.jsonl");
  const Trace copy = read_trace(folder_ / "copy.jsonl");
  ASSERT_EQ(copy.operations.size(), network.operations.size());
  for (std::size_t i = 0; i < copy.operations.size(); ++i) {
    EXPECT_EQ(copy.operations[i].flow, network.operations[i].flow) << i;
    EXPECT_EQ(copy.operations[i].bias, network.operations[i].bias) << i;
  }
  EXPECT_EQ(copy.operations[0].bias, "b1");
  EXPECT_EQ(copy.operations[3].flow.parameters, std::vector<std::string>{"labels"});
}

TEST_F(ChainedNetwork, changes_neither_cycles_nor_events) {
  EXPECT_EQ(run(trace(), Values::chained).run.cycles, run(trace(), Values::shapes_only).run.cycles);
  EXPECT_EQ(run(trace(), Values::chained).run.events, run(trace(), Values::shapes_only).run.events);
}

TEST_F(ChainedNetwork, has_the_same_report_on_any_number_of_threads) {
  const Trace network = trace();
  const auto report = [&](unsigned jobs) {
    const IterationResult result = run(network, Values::chained, jobs);
    const fs::path table = kSource / "configs/energy/published-45nm.yaml";
    return report_json(result, config_, costs_, network, {table, network.path, table}, NumericDetail::full)
               .dump() +
           numeric_csv(result);
  };
  EXPECT_EQ(report(3), report(1));
}

std::uint64_t zeros(const Numbers& values) {
  return static_cast<std::uint64_t>(std::count(values.begin(), values.end(), 0.0));
}

TEST_F(ChainedNetwork, gates_the_slots_that_zeros_meet) {
  const IterationResult plain = run(trace(), Values::chained);
  config_.machine.pe.zero_gating = ZeroGating::slot;
  const IterationResult gated = run(trace(), Values::chained);
  ASSERT_GT(zeros(net_.h), 0U);
  // An element meets as many others as the result has rows or columns on the other side.
  const std::map<std::size_t, std::uint64_t> expected{
      {0, 0}, {2, zeros(net_.h) * kOut}, {5, 0}, {6, zeros(net_.h) * kOut}, {8, zeros(net_.dy1) * kIn}};
  const double saved_pj = costs_.pj(Event::datapath_mac) - costs_.pj(Event::datapath_idle_mac);
  for (const auto& [i, slots] : expected) {
    const OperationResult& operation = gated.operations[i];
    const ZeroGatingResult& gating = *operation.zero_gating;
    EXPECT_EQ(gating.gated, slots) << i;
    EXPECT_EQ(gating.live + gating.gated, operation.macs) << i;
    EXPECT_EQ(gating.padding, operation.run.events[Event::datapath_idle_mac]) << i;
    EXPECT_EQ(gating.quanta_without, plain.operations[i].energy.total()) << i;
    EXPECT_EQ(gating.quanta_with, operation.energy.total()) << i;
    const double saved = to_pj(gating.quanta_without - gating.quanta_with);
    EXPECT_NEAR(saved, static_cast<double>(slots) * saved_pj, 2 / kEnergyQuantaPerPj) << i;  // two roundings
  }
  EXPECT_EQ(gated.run.cycles, plain.run.cycles);
  EXPECT_EQ(gated.run.events, plain.run.events);
  EXPECT_FALSE(plain.zero_gating);
}

TEST_F(ChainedNetwork, is_not_gated_where_lanes_are_priced_by_what_switches) {
  config_.machine.pe.zero_gating = ZeroGating::slot;
  costs_.switching.emplace();
  try {
    run(trace(), Values::chained);
    ADD_FAILURE() << "no error";
  } catch (const UserError& error) {
    EXPECT_STREQ(error.what(),
                 "pe.zero_gating: got slot, expected off, because the energy table prices lanes by what "
                 "switches in them, which was characterised without gating");
  }
}

TEST_F(ChainedNetwork, has_a_row_of_numbers_for_every_product_and_update) {
  const std::string csv = numeric_csv(run(trace(), Values::chained));
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 1 + 5 + 2);
  const auto commas = [](const std::string& line) { return std::count(line.begin(), line.end(), ','); };
  std::istringstream lines(csv);
  std::string header, line;
  std::getline(lines, header);
  while (std::getline(lines, line)) EXPECT_EQ(commas(line), commas(header)) << line;
  EXPECT_THAT(csv, testing::HasSubstr("fc2,linear,forward,simulated,recorded,,"));
  EXPECT_THAT(csv, testing::HasSubstr("fc1,update,weight_update,,,simulated,"));
}

}  // namespace
}  // namespace lnsim
