// Random machines and operations: what is passed over must be what the reference steps through, to the cycle
// and to the event.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "sim/base/errors.h"
#include "sim/run/compile/compile.h"
#include "sim/run/config/effective_config.h"
#include "tests/fast_forward/random_pairs.h"

namespace lnsim {
namespace {

using test::kThemeNames;
using test::RandomPairs;
using test::Theme;

#if defined(__SANITIZE_ADDRESS__)
constexpr unsigned kPairs = 20;  // of each theme
#else
constexpr unsigned kPairs = 240;
#endif
constexpr unsigned kPerMachine = 3;

// The reference costs the most, by the steps of its units: a machine with more PEs gets fewer cycles.
std::uint64_t most_cycles(const PeParameters& pe) {
  return 100'000 / (4 + pe.count);
}

std::optional<Program> compiled(const TraceOperation& operation, const RunConfig& config,
                                const EnergyCosts& costs) {
  try {
    return compile(operation, Trace{}, config, costs).program;
  } catch (const UserError&) {
    return std::nullopt;  // a buffer is too small for it, or the given tiling is too large
  }
}

struct Totals {
  unsigned pairs = 0;
  unsigned with_repetitions = 0;
  std::uint64_t cycles = 0;
  std::uint64_t passed_over = 0;
};

class Pairs : public testing::TestWithParam<Theme> {
 protected:
  // A machine and up to kPerMachine operations.
  void compare_one_machine(RandomPairs& random) {
    RunConfig config = random.config();
    const EnergyCosts costs = random.costs();
    Accelerator fast(config.machine);
    SimulationOptions options;
    options.exact_step = true;
    Accelerator exact(config.machine, options);
    for (unsigned i = 0; i < kPerMachine; ++i) {
      const TraceOperation operation = random.operation();
      const std::optional<Program> program = compiled(operation, config, costs);
      if (!program || !fast.run_within(*program, most_cycles(config.machine.pe))) continue;
      compare(*program, fast, exact);
      if (HasFailure()) {
        FAIL() << kThemeNames[static_cast<std::size_t>(GetParam())] << " pair " << totals_.pairs << ": "
               << operation.op << " pass " << static_cast<int>(operation.pass) << ", " << program->commands.size()
               << " commands, on " << effective_config(config).dump();
      }
    }
  }

  Totals totals_;

 private:
  void compare(const Program& program, Accelerator& fast, Accelerator& exact) {
    const RunResult passing = fast.run(program, nullptr);
    const RunResult stepped = exact.run(program, nullptr);
    EXPECT_EQ(exact.passed_over(), 0U);
    EXPECT_EQ(passing.cycles, stepped.cycles);
    EXPECT_EQ(passing.cycles_by_cause, stepped.cycles_by_cause);
    EXPECT_EQ(passing.events.counts, stepped.events.counts);
    ++totals_.pairs;
    totals_.cycles += passing.cycles;
    totals_.passed_over += fast.passed_over();
    if (fast.passed_over() > 0) ++totals_.with_repetitions;
  }
};

TEST_P(Pairs, take_the_cycles_and_events_of_the_reference) {
  RandomPairs random(GetParam(), 1 + static_cast<std::uint64_t>(GetParam()));
  while (totals_.pairs < kPairs && !HasFailure()) compare_one_machine(random);
  fmt::print("{} pairs, {} of them with repetitions; {} of {} cycles passed over\n", totals_.pairs,
             totals_.with_repetitions, totals_.passed_over, totals_.cycles);
}

INSTANTIATE_TEST_SUITE_P(Of, Pairs,
                         testing::Values(Theme::anything, Theme::memory_bound, Theme::tiny_buffers,
                                         Theme::one_lane, Theme::one_pe, Theme::many_pes, Theme::slow_outputs,
                                         Theme::given_tilings, Theme::vectors_and_updates),
                         [](const auto& theme) {
                           return std::string(kThemeNames[static_cast<std::size_t>(theme.param)]);
                         });

}  // namespace
}  // namespace lnsim
