// Random machines and operations: what is passed over must be what the reference steps through, to the cycle
// and to the event.
#include "tests/fast_forward/random_pairs.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>

#include "sim/base/errors.h"
#include "sim/run/compile/compile.h"
#include "sim/run/config/effective_config.h"
#include "tests/fast_forward/both_engines.h"

namespace lnsim {
namespace {

using test::BothEngines;
using test::kThemeNames;
using test::RandomPairs;
using test::Theme;

#ifdef LNSIM_SANITIZED
constexpr unsigned kPairs = 20;  // of each theme
#else
constexpr unsigned kPairs = 230;
#endif
constexpr unsigned kMachines = 8;  // for each operation

std::optional<Program> compiled(const TraceOperation& operation, const RunConfig& config,
                                const EnergyCosts& costs) {
  try {
    return compile(operation, Trace{}, config, costs).program;
  } catch (const UserError&) {
    return std::nullopt;  // a buffer is too small for it, or the given tiling is too large
  }
}

class Pairs : public testing::TestWithParam<Theme> {
 protected:
  // An operation, and up to kMachines machines that can run its program.
  void compare_one_operation(RandomPairs& random) {
    RunConfig config = random.config();
    const EnergyCosts costs = random.costs();
    const TraceOperation operation = random.operation();
    const PeParameters& pe = config.machine.pe;
    if (operation.macs / pe.vector_size / pe.lanes / pe.count > most_cycles(pe) / 4) return;
    const std::optional<Program> program = compiled(operation, config, costs);
    for (unsigned i = 0; program && i < kMachines; ++i) {
      BothEngines machine(config.machine);
      SCOPED_TRACE(fmt::format("{} pass {} on {}", operation.op, static_cast<int>(operation.pass),
                               effective_config(config).dump()));
      if (is_worth_it(machine, *program, pe)) {
        machine.compare(*program);
        count(machine);
      }
      random.draw_timing(config.machine);
    }
  }

  // The reference costs the most, by the steps of its units: a machine with more PEs gets fewer cycles, and a
  // run without repetitions a quarter.
  static std::uint64_t most_cycles(const PeParameters& pe) { return 200'000 / (4 + pe.count); }
  static bool is_worth_it(BothEngines& machine, const Program& program, const PeParameters& pe) {
    const auto run = machine.fast().run_within(program, most_cycles(pe));
    return run && (run->cycles < most_cycles(pe) / 4 || machine.fast().passed_over() > 0);
  }

  void count(BothEngines& machine) {
    ++pairs_;
    if (machine.fast().passed_over() > 0) ++with_repetitions_;
    cycles_ += machine.cycles();
    passed_over_ += machine.fast().passed_over();
  }

  unsigned pairs_ = 0;
  unsigned with_repetitions_ = 0;
  std::uint64_t cycles_ = 0;
  std::uint64_t passed_over_ = 0;
};

TEST_P(Pairs, take_the_cycles_and_events_of_the_reference) {
  RandomPairs random(GetParam(), 1 + static_cast<std::uint64_t>(GetParam()));
  while (pairs_ < kPairs && !HasFailure()) compare_one_operation(random);
  fmt::print("{} pairs, {} of them with repetitions; {} of {} cycles passed over\n", pairs_,
             with_repetitions_, passed_over_, cycles_);
  EXPECT_GE(with_repetitions_, kPairs / 25);
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
