#include "sim/base/effective_config.h"

#include <gtest/gtest.h>

#include "tests/unit/base/sample_parameters.h"

namespace lnsim {
namespace {

TEST(EffectiveConfig, holds_every_value_that_counts_in_the_order_of_the_listing) {
  Train train;
  train.wagons = {{10}, {20}};
  EXPECT_EQ(EffectiveConfigWriter::written(train).dump(),
            R"({"name":"unnamed","brakes":true,"engine":"steam","boiler":{"pressure_bar":12.5,"tubes":64},)"
            R"("wagons":[{"seats":10},{"seats":20}]})");
}

TEST(EffectiveConfig, leaves_out_keys_whose_condition_does_not_hold) {
  Train train;
  train.engine = Engine::electric;
  EXPECT_EQ(EffectiveConfigWriter::written(train).dump(),
            R"({"name":"unnamed","brakes":true,"engine":"electric","power_mw":2.0,"wagons":[]})");
}

}  // namespace
}  // namespace lnsim
