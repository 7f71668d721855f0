// Clock edges on demand, and kernel contexts that come and go.
#include "sim/base/clock.h"

#include <gtest/gtest.h>

#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "sim/base/errors.h"
#include "sim/base/unit.h"

namespace lnsim {
namespace {

// Writes down its steps and does as it is told in each.
class Recorder final : public Unit {
 public:
  Recorder(const char* name, Simulation& simulation) : Unit(name, simulation) {}
  void reset() override {}
  std::string state() const override { return "recording"; }
  std::vector<Cycle> steps;
  std::function<void(Cycle)> on_step;

 protected:
  void step(Cycle now) override {
    steps.push_back(now);
    if (on_step) on_step(now);
  }
};

struct Bench {
  explicit Bench(Engine engine) : simulation({}, engine) {}
  Simulation simulation;
  Simulation::Scope scope{simulation};
  Recorder unit{"unit", simulation};
  Recorder other{"other", simulation};
};

class BothEngines : public testing::TestWithParam<Engine> {};
INSTANTIATE_TEST_SUITE_P(, BothEngines, testing::Values(Engine::scheduler, Engine::kernel),
                         [](const auto& engine) {
                           return engine.param == Engine::scheduler ? "scheduler" : "kernel";
                         });

TEST_P(BothEngines, unit_steps_once_in_a_cycle_however_often_it_was_asked_for) {
  Bench bench(GetParam());
  bench.unit.request_edge(5);
  bench.unit.request_edge(5);
  EXPECT_EQ(bench.simulation.run(100), Simulation::End::idle);
  EXPECT_EQ(bench.unit.steps, (std::vector<Cycle>{5}));
}

TEST_P(BothEngines, unit_steps_in_two_cycles_asked_for_in_either_order) {
  for (const bool earlier_first : {true, false}) {
    Bench bench(GetParam());
    bench.unit.request_edge(earlier_first ? 5 : 9);
    bench.unit.request_edge(earlier_first ? 9 : 5);
    bench.simulation.run(100);
    EXPECT_EQ(bench.unit.steps, (std::vector<Cycle>{5, 9}));
  }
}

TEST_P(BothEngines, unit_steps_in_every_cycle_asked_for_whatever_steps_lie_between) {
  Bench bench(GetParam());
  bench.unit.on_step = [&](Cycle now) {
    if (now == 5) {
      for (const Cycle cycle : {20U, 9U, 7U, 400U, 8U}) bench.unit.request_edge(cycle);
    }
  };
  bench.unit.request_edge(5);
  bench.simulation.run(1000);
  EXPECT_EQ(bench.unit.steps, (std::vector<Cycle>{5, 7, 8, 9, 20, 400}));
}

TEST_P(BothEngines, unit_asked_for_the_next_cycle_by_another_before_its_own_step_steps_in_both) {
  Bench bench(GetParam());
  bench.other.on_step = [&](Cycle now) { bench.unit.request_edge(now + 1); };
  bench.other.request_edge(5);
  bench.unit.request_edge(5);
  bench.simulation.run(100);
  EXPECT_EQ(bench.unit.steps, (std::vector<Cycle>{5, 6}));
}

TEST_P(BothEngines, unit_costs_no_step_while_idle) {
  Bench bench(GetParam());
  bench.unit.request_edge(1'000'000);
  EXPECT_EQ(bench.simulation.run(2'000'000), Simulation::End::idle);
  EXPECT_EQ(bench.unit.steps.size(), 1U);
  EXPECT_EQ(bench.simulation.now(), 1'000'000U);
}

// Beyond the scheduler's near edges, and as often as there are edges to keep.
TEST_P(BothEngines, unit_steps_in_every_cycle_of_a_sparse_sequence) {
  const std::vector<Cycle> wanted{1, 63, 64, 255, 256, 257, 511, 512, 5000, 5255, 5256, 1'000'000};
  Bench bench(GetParam());
  std::size_t next = 0;
  bench.unit.on_step = [&](Cycle) {
    if (++next < wanted.size()) bench.unit.request_edge(wanted[next]);
  };
  bench.unit.request_edge(wanted[0]);
  bench.simulation.run(2'000'000);
  EXPECT_EQ(bench.unit.steps, wanted);
}

TEST_P(BothEngines, unit_refuses_an_edge_in_the_past) {
  Bench bench(GetParam());
  bench.unit.on_step = [&](Cycle now) { bench.unit.request_edge(now); };
  bench.unit.request_edge(5);
  EXPECT_EQ(bench.simulation.run(100), Simulation::End::failed);
  try {
    std::rethrow_exception(bench.simulation.take_failure());
  } catch (const ModelError& error) {
    EXPECT_STREQ(error.what(), "unit was asked to step in the past");
  }
}

TEST_P(BothEngines, simulation_ends_out_of_time_when_units_never_rest) {
  Bench bench(GetParam());
  bench.unit.on_step = [&](Cycle now) { bench.unit.request_edge(now + 1); };
  bench.unit.request_edge(1);
  EXPECT_EQ(bench.simulation.run(50), Simulation::End::out_of_time);
  EXPECT_EQ(bench.unit.steps.back(), 49U);
  EXPECT_EQ(bench.simulation.run(50), Simulation::End::out_of_time);
  EXPECT_EQ(bench.unit.steps.back(), 99U);
}

TEST_P(BothEngines, simulation_comes_to_a_far_edge_in_many_short_runs) {
  Bench bench(GetParam());
  bench.unit.request_edge(100);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(bench.simulation.run(5), Simulation::End::out_of_time) << i;
  EXPECT_TRUE(bench.unit.steps.empty());
  EXPECT_EQ(bench.simulation.run(5), Simulation::End::idle);
  EXPECT_EQ(bench.unit.steps, (std::vector<Cycle>{100}));
}

TEST_P(BothEngines, simulation_keeps_the_first_failure_and_runs_again_after_it) {
  Bench bench(GetParam());
  bench.unit.on_step = [](Cycle now) {
    if (now == 5) throw std::runtime_error("broken");
  };
  bench.unit.request_edge(5);
  bench.other.request_edge(7);
  EXPECT_EQ(bench.simulation.run(100), Simulation::End::failed);
  EXPECT_THROW(std::rethrow_exception(bench.simulation.take_failure()), std::runtime_error);
  EXPECT_TRUE(bench.other.steps.empty());
  EXPECT_FALSE(bench.simulation.failed());
  bench.other.request_edge(bench.simulation.now() + 3);
  EXPECT_EQ(bench.simulation.run(100), Simulation::End::idle);
  EXPECT_EQ(bench.other.steps.size(), 1U);
}

TEST_P(BothEngines, simulation_contexts_live_side_by_side) {
  Simulation first({}, GetParam());
  Simulation second({}, GetParam());
  {
    const Simulation::Scope scope(first);
    Recorder a("unit", first);
    a.request_edge(3);
    {
      const Simulation::Scope inner(second);
      Recorder b("unit", second);
      b.request_edge(8);
      second.run(100);
      EXPECT_EQ(b.steps, (std::vector<Cycle>{8}));
      EXPECT_EQ(second.now(), 8U);
    }
    EXPECT_EQ(first.now(), 0U);
    first.run(100);
    EXPECT_EQ(a.steps, (std::vector<Cycle>{3}));
  }
}

TEST(Clock, division_rounds_up) {
  EXPECT_EQ(ceil_div(0, 8), 0U);
  EXPECT_EQ(ceil_div(1, 8), 1U);
  EXPECT_EQ(ceil_div(8, 8), 1U);
  EXPECT_EQ(ceil_div(9, 8), 2U);
}

}  // namespace
}  // namespace lnsim
