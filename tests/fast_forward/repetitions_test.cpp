// Programs whose periods are known: how many cycles are passed over, and what stops it.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <vector>

#include "tests/fast_forward/both_engines.h"
#include "tests/timing/programs.h"
#include "tests/timing/tiled_product.h"

namespace lnsim {
namespace {

using test::after;
using test::BothEngines;
using test::small_machine;

Update update_of_100() {
  Update update;
  update.parameters = 100;
  update.read_bytes = 700;
  update.write_bytes = 600;
  update.write_address = 4096;
  return update;
}

Program updates(std::uint32_t count) {
  Program program;
  for (std::uint32_t i = 0; i < count; ++i) program.add(update_of_100(), {});
  return program;
}

constexpr std::uint64_t kPeriod = 34;  // of one such update (timing/accelerator_test.cpp)

TEST(Repetitions, take_the_first_and_then_a_period_each) {
  Accelerator accelerator(small_machine());
  for (const std::uint32_t count : {1U, 10U, 100U, 1000U, 100'000U}) {
    const RunResult result = accelerator.run(updates(count), nullptr);
    EXPECT_EQ(result.cycles, kPeriod * count);
    EXPECT_EQ(result.events[Event::weight_update_parameter], 100U * count);
    EXPECT_EQ(result.events[Event::control_command], count);
    EXPECT_EQ(result.events[Event::system_leakage_cycle], result.cycles);
  }
}

TEST(Repetitions, are_passed_over_except_for_a_constant_beginning_and_end) {
  Accelerator accelerator(small_machine());
  accelerator.run(updates(1000), nullptr);
  const std::uint64_t stepped = 1000 * kPeriod - accelerator.passed_over();
  EXPECT_LT(stepped, 200 * kPeriod);
  accelerator.run(updates(100'000), nullptr);
  EXPECT_EQ(100'000 * kPeriod - accelerator.passed_over(), stepped);
  accelerator.run(updates(10), nullptr);
  EXPECT_EQ(accelerator.passed_over(), 0U);
}

// One command in the middle is different: the repetitions before it and after it are passed over, not it.
void expect_equal_with(const std::function<void(Program&, std::size_t)>& change) {
  constexpr std::size_t kMiddle = 600;
  Program program = updates(1200);
  change(program, kMiddle);
  BothEngines machine(small_machine());
  machine.compare(program);
  EXPECT_GT(machine.fast().passed_over(), 700 * kPeriod);
}

TEST(Repetitions, stop_at_a_command_of_other_size) {
  expect_equal_with([](Program& program, std::size_t i) { program.updates[i].read_bytes = 1400; });
  expect_equal_with([](Program& program, std::size_t i) { program.updates[i].write_bytes = 601; });
  expect_equal_with([](Program& program, std::size_t i) { program.updates[i].parameters = 101; });
}

TEST(Repetitions, stop_at_a_command_that_begins_in_another_bank) {
  expect_equal_with([](Program& program, std::size_t i) { program.updates[i].read_address = 9; });
}

TEST(Repetitions, stop_at_a_command_that_waits_for_another_one) {
  // Every update waits for the fetch before the last one; one, of the same sizes, waits for the last one.
  Program program;
  std::uint32_t fetched = program.add(Fetch{0, 1024, 32768, 1024}, {});
  for (std::uint32_t i = 0; i < 1200; ++i) {
    Dependencies wait = after(Counter::updated, i);
    const std::uint32_t last = program.add(Fetch{0, 1024, 32768, 1024}, wait);
    wait.require(Counter::fetched, i == 600 ? last : fetched);
    program.add(update_of_100(), wait);
    fetched = last;
  }
  BothEngines machine(small_machine());
  machine.compare(program);
  EXPECT_GT(machine.fast().passed_over(), machine.cycles() / 2);
}

TEST(RunWithin, gives_the_result_at_its_very_cycles_and_nothing_below) {
  BothEngines machine(small_machine());
  for (const std::uint32_t count : {1U, 40U, 300U}) {
    const Program program = updates(count);
    const std::uint64_t cycles = kPeriod * count;
    for (Accelerator* accelerator : {&machine.fast(), &machine.exact()}) {
      EXPECT_FALSE(accelerator->run_within(program, cycles - 1)) << count;
      const auto run = accelerator->run_within(program, cycles);
      ASSERT_TRUE(run) << count;
      EXPECT_EQ(run->cycles, cycles);
      EXPECT_TRUE(accelerator->run_within(program, cycles + 1)) << count;
      EXPECT_FALSE(accelerator->run_within(program, 1)) << count;
      EXPECT_FALSE(accelerator->run_within(program, cycles / 2)) << count;
      EXPECT_EQ(accelerator->run(program, nullptr), *run);
    }
  }
}

// Products with many tiles, whose addresses never move: a period is a set of tiles.
TEST(TiledProducts, with_many_tiles_take_the_cycles_of_the_reference) {
  std::mt19937 random(5);
  const auto between = [&](std::uint32_t least, std::uint32_t most) {
    return least + static_cast<std::uint32_t>(random() % (most - least + 1));
  };
#ifdef LNSIM_SANITIZED
  constexpr unsigned kProducts = 5;
#else
  constexpr unsigned kProducts = 60;
#endif
  unsigned with_repetitions = 0;
  for (unsigned i = 0; i < kProducts; ++i) {
    test::TiledProduct product;
    product.grid = {1, between(1, 3), between(1, 2)};
    AcceleratorParameters machine = small_machine(product.grid.rows * product.grid.columns);
    machine.dram.latency_cycles = between(1, 100);
    machine.dma.outstanding_bursts = between(1, 64);
    machine.control.queue_depth = between(8, 64);
    machine.pe.ppu.values_per_cycle = between(1, 8);
    machine.datapath.pipeline_stages = between(1, 9);
    product.keep = random() % 2 == 0;
    product.tile_rows = between(1, machine.pe.lanes * (product.keep ? 1 : 2));
    product.tile_columns = between(1, machine.pe.collector_entries);
    product.tile_vectors = between(1, 3);
    product.vectors = between(1, 7);
    product.elements = product.vectors * machine.pe.vector_size - between(0, 7);
    product.rows = product.tile_rows * product.grid.rows * between(4, 8) + between(0, 1);
    product.columns = product.tile_columns * product.grid.columns * between(20, 40);
    BothEngines both(machine);
    SCOPED_TRACE(i);
    both.compare(test::TiledProgram(product, machine).program);
    if (both.fast().passed_over() > 0) ++with_repetitions;
  }
  fmt::print("{} products, {} of them with repetitions\n", kProducts, with_repetitions);
  EXPECT_GE(with_repetitions * 2, kProducts);
}

}  // namespace
}  // namespace lnsim
