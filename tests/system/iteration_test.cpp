// A whole iteration has one result, however it is simulated.
#include "sim/run/iteration.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "sim/run/report/report.h"
#include "sim/run/workers.h"

namespace lnsim {
namespace {

namespace fs = std::filesystem;

const fs::path kSource = LNSIM_SOURCE_DIR;

std::string report_of(const char* name, const IterationOptions& options) {
  const RunInputs inputs{kSource / "configs/accelerators/lns-madam.yaml", kSource / "traces" / name,
                         kSource / "configs/energy/published-45nm.yaml"};
  const RunConfig config = read_run_config(inputs.config_path);
  const EnergyCosts costs = read_energy_table(inputs.energy_table_path, config.machine);
  const Trace trace = read_trace(inputs.trace_path);
  const IterationResult result =
      run_iteration(trace, config, costs, options, [](std::size_t, std::size_t, const std::string&) {});
  return report_json(result, config, costs, trace, inputs).dump();
}

TEST(Iteration, has_the_same_report_on_any_number_of_threads) {
  const std::string one = report_of("digits-cnn.jsonl", {.jobs = 1});
  EXPECT_EQ(report_of("digits-cnn.jsonl", {.jobs = 2}), one);
  EXPECT_EQ(report_of("digits-cnn.jsonl", {.jobs = 7}), one);
}

TEST(Iteration, has_the_same_report_when_every_cycle_is_stepped_on_the_kernel) {
  IterationOptions exact;
  exact.simulation.exact_step = true;
  EXPECT_EQ(report_of("digits-cnn.jsonl", exact), report_of("digits-cnn.jsonl", {}));
}

std::vector<std::size_t> backwards(std::size_t tasks) {
  std::vector<std::size_t> order;
  while (tasks > 0) order.push_back(--tasks);
  return order;
}

TEST(Workers, give_the_first_tasks_error_whatever_their_number) {
  for (const std::size_t workers : {1U, 2U, 5U}) {
    try {
      run_tasks(backwards(100), workers, [](std::size_t, std::size_t task) {
        if (task % 10 == 7) throw std::runtime_error(std::to_string(task));
      });
      ADD_FAILURE() << workers;
    } catch (const std::runtime_error& error) {
      EXPECT_STREQ(error.what(), "7") << workers;
    }
  }
}

TEST(Workers, do_every_task_once) {
  for (const std::size_t workers : {1U, 3U}) {
    std::vector<int> done(1000);
    run_tasks(backwards(done.size()), workers, [&](std::size_t, std::size_t task) { ++done[task]; });
    EXPECT_EQ(done, std::vector<int>(1000, 1));
  }
}

}  // namespace
}  // namespace lnsim
