// Replays out of traces on disk: which tensors are read, and what is said when they cannot be used.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "sim/base/errors.h"
#include "sim/run/replay/replay.h"
#include "sim/run/replay/update_replay.h"
#include "tests/unit/run/replay_player.h"

namespace lnsim {
namespace {

// A linear layer x [2, 3], w [4, 3], its update, and their tensors in .npy files.
class MakeReplay : public testing::Test {
 protected:
  MakeReplay() {
    folder_ = std::filesystem::temp_directory_path() /
              fmt::format("lnsim_make_replay_{}_{}", ::testing::UnitTest::GetInstance()->random_seed(),
                          testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::create_directories(folder_);
    trace_.path = folder_ / "t.jsonl";
    add_tensor("fc/x", {2, 3}, {1, 2, 3, 4, 5, 6});
    add_tensor("fc/w", {4, 3}, {1, -1, 2, -2, 4, -4, .5, -.5, 1, 1, 1, 1});
    add_tensor("fc/y", {2, 4}, std::vector<double>(8, 5.0));
    add_tensor("fc/dw", {4, 3}, std::vector<double>(12, .25));
    add_tensor("fc/v", {4, 3}, std::vector<double>(12, 1.0));

    TraceOperation forward;
    forward.layer = "fc";
    forward.op = "linear";
    forward.gemm = GemmDims{1, 2, 4, 3};
    forward.a = "fc/x";
    forward.b = "fc/w";
    forward.out = "fc/y";
    forward.b_transposed = true;
    forward.macs = 24;
    forward.line = 2;
    TraceOperation update;
    update.layer = "fc";
    update.op = "update";
    update.pass = Pass::update;
    update.shape = {4, 3};
    update.line = 3;
    update.update.emplace();
    update.update->rule = "madam_int";
    update.update->step = 2;
    update.update->w = "fc/w";
    update.update->dw = "fc/dw";
    update.update->v = "fc/v";
    trace_.operations = {forward, update};
  }
  ~MakeReplay() override { std::filesystem::remove_all(folder_); }

  void add_tensor(const std::string& key, const std::vector<std::int64_t>& shape,
                  const std::vector<double>& values) {
    TensorInfo info{.key = key, .shape = shape, .dtype = "float64", .file = key + ".npy"};
    std::string header =
        fmt::format("{{'descr': '<f8', 'fortran_order': False, 'shape': ({}, {}), }}", shape[0], shape[1]);
    header.resize(117, ' ');
    header += '\n';
    std::filesystem::create_directories((folder_ / info.file).parent_path());
    std::ofstream file(folder_ / info.file, std::ios::binary);
    file << std::string("\x93NUMPY\x01\x00", 8) << static_cast<char>(header.size()) << '\0' << header;
    file.write(reinterpret_cast<const char*>(values.data()),
               static_cast<std::streamsize>(values.size() * sizeof(double)));
    trace_.tensors[key] = info;
  }

  std::unique_ptr<OperandReplay> forward(const RunConfig& config = {}) const {
    CompiledOperation compiled;
    compiled.products = products_of(trace_.operations[0]);
    return make_replay(trace_.operations[0], compiled, trace_, TensorStore(trace_), config);
  }
  std::unique_ptr<UpdateReplay> update(const RunConfig& config = {}) const {
    return make_update_replay(trace_.operations[1], trace_, TensorStore(trace_), config);
  }
  template <class F>
  std::string message_of(const F& f) const {
    try {
      f();
    } catch (const UserError& error) {
      std::string text = error.what();
      return text.substr(folder_.string().size() + 1);
    }
    return "no error";
  }

  std::filesystem::path folder_;
  Trace trace_;
};

TEST_F(MakeReplay, reads_the_operands_the_product_names) {
  ASSERT_TRUE(has_operands(trace_.operations[0]));
  EXPECT_FALSE(has_operands(trace_.operations[1]));
  RunConfig config;
  const auto replay = forward(config);
  const arith::DotCounts dot = test::play(*replay, products_of(trace_.operations[0]), config.machine.pe, {});
  const NumericReport report = replay->report(dot);
  EXPECT_EQ(dot.products, 24u);
  // y[0, 0] = 1 - 2 + 6; the machine's rounding is within 9 %.
  EXPECT_NEAR(replay->exact()[0], 5.0, 9 * 0.09);
  EXPECT_EQ(report.operands->reference_max, 5.0);
}

TEST_F(MakeReplay, takes_the_storage_of_weights_from_their_update) {
  // Stored at a scale at which 4 is beyond the top: 2^((32767 - 32767) / 2048) = 1.
  UpdateRecord& record = *trace_.operations[1].update;
  record.store_bits = 16;
  record.store_gamma = 2048;
  record.store_k = -32767;
  record.store_kb = -128;
  const auto saturated = forward();
  RunConfig config;
  const arith::DotCounts dot =
      test::play(*saturated, products_of(trace_.operations[0]), config.machine.pe, {});
  // |w| > 1: 2, -2, 4 and -4.
  EXPECT_EQ(saturated->report(dot).a.stored->saturated, 4u);
}

TEST_F(MakeReplay, says_which_tensor_is_missing) {
  trace_.tensors.erase("fc/w");
  EXPECT_EQ(message_of([&] { forward(); }), "t.jsonl: fc/w: got nothing, expected a `tensor` line for it");
}

TEST_F(MakeReplay, says_what_the_datapath_cannot_take) {
  RunConfig config;
  arith::FormatParameters integer{.kind = arith::FormatKind::integer};
  config.machine.datapath.kind = arith::DatapathKind::int8;
  config.machine.formats.weight = config.machine.formats.activation = integer;
  config.machine.formats.activation.granularity = arith::ScaleGranularity::vector;
  config.machine.pe.vector_size = 1;
  EXPECT_THAT(message_of([&] { forward(config); }), testing::StartsWith("t.jsonl:2: fc: got "));
  EXPECT_THAT(message_of([&] { forward(config); }),
              testing::EndsWith("expected number formats and scales that the datapath can take"));
}

TEST_F(MakeReplay, reads_the_tensors_an_update_names) {
  ASSERT_TRUE(has_update_operands(trace_.operations[1]));
  EXPECT_FALSE(has_update_operands(trace_.operations[0]));
  const auto replay = update();
  replay->update({.parameters = 12});
  const UpdateReport report = replay->report();
  EXPECT_EQ(report.state.values, 12u);
  EXPECT_FALSE(report.differing_codes);
}

TEST_F(MakeReplay, says_which_optimizer_state_is_missing) {
  trace_.operations[1].update->v.clear();
  EXPECT_EQ(message_of([&] { update(); }),
            "t.jsonl:3: v: got nothing, expected the optimizer state before step 2");
  trace_.operations[1].update->rule = "sgd";
  EXPECT_EQ(message_of([&] { update(); }),
            "t.jsonl:3: m: got nothing, expected the optimizer state before step 2");
  trace_.operations[1].update->step = 1;
  EXPECT_EQ(message_of([&] { update(); }), "no error");
}

TEST_F(MakeReplay, says_which_rules_it_knows) {
  trace_.operations[1].update->rule = "adagrad";
  EXPECT_EQ(message_of([&] { update(); }),
            "t.jsonl:3: fc: got rule adagrad, expected an update rule (madam_int, madam, sgd, adam) and "
            "formats that "
            "it works on");
}

TEST_F(MakeReplay, says_that_madam_needs_logarithmic_weights) {
  RunConfig config;
  config.machine.formats.update.kind = arith::FormatKind::fp32;
  EXPECT_THAT(message_of([&] { update(config); }), testing::StartsWith("t.jsonl:3: fc: got madam: "));
}

TEST_F(MakeReplay, of_an_update_without_operands_is_a_mistake_of_ours) {
  trace_.operations[1].update->dw.clear();
  EXPECT_FALSE(has_update_operands(trace_.operations[1]));
  EXPECT_THROW(update(), ModelError);
}

}  // namespace
}  // namespace lnsim
