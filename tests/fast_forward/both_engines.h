// One machine twice: as it is simulated, and as the reference steps it.
#pragma once

#include <gtest/gtest.h>

#include "models/accelerator.h"

namespace lnsim::test {

inline SimulationOptions exact_step() {
  SimulationOptions options;
  options.exact_step = true;
  return options;
}

class BothEngines {
 public:
  explicit BothEngines(const AcceleratorParameters& machine)
      : fast_(machine), exact_(machine, exact_step()) {}

  Accelerator& fast() { return fast_; }
  Accelerator& exact() { return exact_; }

  // Runs shapes on both.
  void compare(const Program& program) {
    const RunResult passing = fast_.run(program, nullptr);
    const RunResult stepped = exact_.run(program, nullptr);
    EXPECT_EQ(exact_.passed_over(), 0U);
    EXPECT_EQ(passing.cycles, stepped.cycles);
    EXPECT_EQ(passing.cycles_by_cause, stepped.cycles_by_cause);
    EXPECT_EQ(passing.events.counts, stepped.events.counts);
    cycles_ = stepped.cycles;
  }
  // Of the last comparison.
  std::uint64_t cycles() const { return cycles_; }

 private:
  Accelerator fast_;
  Accelerator exact_;
  std::uint64_t cycles_ = 0;
};

}  // namespace lnsim::test
