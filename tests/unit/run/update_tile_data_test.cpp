// A replayed weight update: the whole of it, each parameter once, compared with what was recorded.
#include <gtest/gtest.h>

#include <cmath>

#include "sim/base/errors.h"
#include "sim/run/replay/update_replay.h"
#include "tests/unit/run/replay_player.h"

namespace lnsim {
namespace {

using arith::FormatKind;

// One Madam step from zero state: |g*| = 1 whatever the gradient, so weights move one learning rate against
// the sign of gradient times weight: w * 2^(-lr sign(g) sign(w)).
RecordedUpdate first_madam_step() {
  RecordedUpdate recorded;
  recorded.record.rule = "madam_int";
  recorded.record.w = "fc/w";
  recorded.record.learning_rate = 0.125;
  recorded.weights = {1.0, -1.0, 0.5, -0.5, 0.0};
  recorded.gradients = {0.25, 0.25, -0.25, 0.25, 0.25};
  const double down = std::exp2(-0.125), up = std::exp2(0.125);
  recorded.new_weights = {down, -1.0, 0.5 * up, -0.5 * up, 0.0};
  return recorded;
}

TEST(UpdateTileData, moves_weights_as_the_definition_of_the_rule_says) {
  UpdateReplay replay(first_madam_step(), AcceleratorParameters{});
  replay.update({.parameters = 5});
  const UpdateReport report = replay.report();
  EXPECT_EQ(report.rule, OptimizerKind::madam);
  EXPECT_EQ(report.learning_rate, 0.125);
  EXPECT_EQ(report.differing_codes, 0u);
  EXPECT_EQ(report.max_code_distance, 0u);
  EXPECT_EQ(report.counts.values, 5u);
  EXPECT_EQ(report.counts.saturated, 1u);  // -1 stands at the top of the range
  EXPECT_EQ(report.counts.zero_weights, 1u);
  EXPECT_EQ(report.weight.values, 5u);
  EXPECT_EQ(report.gradient.values, 5u);
  EXPECT_LT(report.weights->max_error, 1e-15);
}

TEST(UpdateTileData, gives_the_same_weights_in_whatever_pieces_the_parameters_come) {
  RecordedUpdate recorded;
  recorded.weights = test::random_values(50, 1);
  recorded.gradients = test::random_values(50, 2);
  recorded.first_moment = test::random_values(50, 3);
  recorded.second_moment = test::random_values(50, 4);
  for (double& v : recorded.second_moment) v = std::abs(v);
  recorded.record.step = 7;
  for (const char* rule : {"madam", "sgd", "adam"}) {
    recorded.record.rule = rule;
    UpdateReplay whole(recorded, {}), pieces(recorded, {});
    whole.update({.parameters = 50});
    for (const std::uint64_t first : {30u, 0u, 40u, 10u, 20u})
      pieces.update({.first_parameter = first, .parameters = 10});
    EXPECT_TRUE(std::ranges::equal(whole.weights(), pieces.weights())) << rule;
    EXPECT_EQ(whole.report().counts, pieces.report().counts) << rule;
    EXPECT_FALSE(whole.report().differing_codes);
    EXPECT_EQ(whole.report().state.values, rule == std::string("adam") ? 100u : 50u);
  }
}

TEST(UpdateTileData, follows_plain_sgd_within_the_rounding_of_the_formats) {
  AcceleratorParameters machine;
  machine.formats.gradient.kind = FormatKind::fp32;
  machine.formats.update.kind = FormatKind::fp32;
  machine.optimizer.momentum = 0.5;
  RecordedUpdate recorded;
  recorded.record.rule = "sgd";
  recorded.record.learning_rate = 0.25;
  recorded.record.learning_rate_scale = 0.5;
  recorded.record.step = 2;
  recorded.weights = {1.0, -2.0, 3.0};
  recorded.gradients = {0.5, 0.25, -1.0};
  recorded.first_moment = {1.0, -0.5, 0.0};
  // m = 0.5 m + g; w = w - 0.125 m, all exact in single precision.
  recorded.new_weights = {1.0 - 0.125, -2.0, 3.0 + 0.125};
  UpdateReplay replay(recorded, machine);
  replay.update({.parameters = 3});
  const UpdateReport report = replay.report();
  EXPECT_EQ(report.differing_codes, 0u);
  EXPECT_TRUE(report.weights->exact());
}

TEST(UpdateTileData, counts_the_codes_between_new_and_recorded_weights) {
  for (const auto& [kind, expected] :
       {std::pair{FormatKind::lns, 3u}, {FormatKind::integer, 2u}, {FormatKind::fp16, 2u}}) {
    AcceleratorParameters machine;
    machine.formats.update.kind = kind;
    machine.formats.update.bits = 8;
    machine.formats.update.gamma = 1;
    machine.optimizer = {.kind = OptimizerKind::sgd, .learning_rate = 1e-12};
    const auto format = arith::make_format(machine.formats.update);
    RecordedUpdate recorded;
    recorded.weights = {1.0, -1.0};
    recorded.gradients = {0.0, 0.0};
    // One code further from zero on one side, across zero on the other where there is little in between.
    const arith::Scale scale = format->scale_for(1.0);
    arith::QuantiseCounts counts;
    const arith::Code one = format->quantise(1.0, scale, counts);
    arith::Code lower = one;
    for (unsigned i = 0; i < expected; ++i) lower = format->next_down(lower);
    recorded.new_weights = {format->value(lower, scale), -1.0};
    UpdateReplay replay(recorded, machine);
    replay.update({.parameters = 2});
    const UpdateReport report = replay.report();
    EXPECT_EQ(report.differing_codes, 1u);
    EXPECT_EQ(report.max_code_distance, expected);
  }
}

TEST(UpdateTileData, takes_what_the_record_has_before_the_trace_before_the_config) {
  OptimizerParameters config{.learning_rate = 0.5, .beta = 0.9, .gradient_bound = 5};
  RecordedUpdate recorded;
  EXPECT_EQ(optimizer_of(recorded, config).learning_rate, 0.5);
  recorded.learning_rate = 0.25;
  EXPECT_EQ(optimizer_of(recorded, config).learning_rate, 0.25);
  recorded.record.learning_rate = 0.125;
  recorded.record.learning_rate_scale = 2;
  EXPECT_EQ(optimizer_of(recorded, config).learning_rate, 0.25);
  EXPECT_EQ(optimizer_of(recorded, config).beta, 0.9);
  recorded.record.momentum = 0.5;
  recorded.record.second_momentum = 0.25;
  recorded.record.epsilon = 0.125;
  EXPECT_EQ(optimizer_of(recorded, config).momentum, 0.5);
  EXPECT_EQ(optimizer_of(recorded, config).beta, 0.25);
  EXPECT_EQ(optimizer_of(recorded, config).epsilon, 0.125);
  EXPECT_EQ(optimizer_of(recorded, config).gradient_bound, 5);
  recorded.record.store_bits = 16;
  EXPECT_EQ(optimizer_of(recorded, config).beta, 0.999);
  EXPECT_EQ(optimizer_of(recorded, config).gradient_bound, 10);
  EXPECT_EQ(optimizer_of(recorded, config).kind, OptimizerKind::madam);
  recorded.record.rule = "adam";
  EXPECT_EQ(optimizer_of(recorded, config).kind, OptimizerKind::adam);
  recorded.record.rule = "adagrad";
  EXPECT_THROW(optimizer_of(recorded, config), std::invalid_argument);
}

TEST(UpdateTileData, finds_out_a_machine_that_updates_twice_or_too_little_or_beyond_the_end) {
  UpdateReplay replay(first_madam_step(), {});
  replay.update({.first_parameter = 1, .parameters = 2});
  EXPECT_THROW(replay.update({.first_parameter = 2, .parameters = 1}), ModelError);
  EXPECT_THROW(replay.update({.first_parameter = 4, .parameters = 2}), ModelError);
  EXPECT_THROW(replay.update({.first_parameter = 6, .parameters = 0}), ModelError);
  EXPECT_THROW(replay.report(), ModelError);
}

TEST(UpdateTileData, has_no_products) {
  UpdateReplay replay(first_madam_step(), {});
  std::vector<std::byte> bytes(64);
  EXPECT_EQ(replay.datapath().parameters().kind, arith::DatapathKind::lns);
  EXPECT_THROW(replay.read_operand(LoadTarget::operand_a, {}, bytes.data()), ModelError);
  EXPECT_THROW(replay.spill({}, bytes.data()), ModelError);
  EXPECT_THROW(replay.restore({}, bytes.data()), ModelError);
  EXPECT_THROW(replay.emit({}, bytes.data()), ModelError);
}

TEST(UpdateTileData, needs_tensors_of_one_size) {
  RecordedUpdate recorded = first_madam_step();
  recorded.gradients.pop_back();
  EXPECT_THROW(UpdateReplay(recorded, {}), ModelError);
  recorded = first_madam_step();
  recorded.second_moment = {1.0};
  EXPECT_THROW(UpdateReplay(recorded, {}), ModelError);
  recorded = first_madam_step();
  recorded.new_weights->pop_back();
  EXPECT_THROW(UpdateReplay(recorded, {}), ModelError);
}

}  // namespace
}  // namespace lnsim
