// Programs met before are not simulated again, and give what simulating them gives.
#include "sim/run/compile/known_programs.h"

#include <gtest/gtest.h>

namespace lnsim {
namespace {

Program fetch_of(std::uint64_t address, std::uint64_t bytes) {
  Program program;
  program.add(Fetch{address, bytes, 0, bytes}, {});
  return program;
}

struct Bench {
  AcceleratorParameters machine;
  Accelerator accelerator{machine};
  KnownPrograms known{machine};
};

TEST(KnownPrograms, give_the_run_of_an_equal_program) {
  Bench bench;
  const RunResult run = bench.accelerator.run(fetch_of(0, 4096), nullptr);
  EXPECT_EQ(bench.known.run_within(bench.accelerator, fetch_of(0, 4096), run.cycles), run);
  // Another place in DRAM, the same channels: known, and so not asked of a machine that cannot run it.
  AcceleratorParameters other;
  other.dram.latency_cycles = 1000;
  Accelerator slow(other);
  EXPECT_EQ(bench.known.run_within(slow, fetch_of(8 * 64, 4096), run.cycles), run);
  EXPECT_NE(bench.known.run_within(slow, fetch_of(64, 4096), 1'000'000), run);
  EXPECT_NE(bench.known.run_within(bench.accelerator, fetch_of(0, 8192), 1'000'000), run);
}

TEST(KnownPrograms, that_took_too_long_are_tried_again_when_there_is_more_time) {
  Bench bench;
  const RunResult run = bench.accelerator.run(fetch_of(0, 65536), nullptr);
  EXPECT_FALSE(bench.known.run_within(bench.accelerator, fetch_of(0, 65536), run.cycles - 1));
  EXPECT_FALSE(bench.known.run_within(bench.accelerator, fetch_of(0, 65536), run.cycles - 1));
  EXPECT_EQ(bench.known.run_within(bench.accelerator, fetch_of(0, 65536), run.cycles), run);
  EXPECT_FALSE(bench.known.run_within(bench.accelerator, fetch_of(0, 65536), run.cycles - 1));
}

}  // namespace
}  // namespace lnsim
