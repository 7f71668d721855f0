#include "sim/run/replay/next_step.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "sim/base/errors.h"

namespace lnsim {
namespace {

TEST(NextStep, GivesItsWeightsToSeveralThreads) {
  const Trace trace = read_trace(LNSIM_SOURCE_DIR "/traces/digits-cnn.jsonl");
  const NextStep next(trace);
  std::vector<const TraceOperation*> updates;
  std::vector<std::vector<double>> alone;
  for (const TraceOperation& operation : trace.operations) {
    if (!operation.update) continue;
    if (auto weights = next.weights_of(operation)) {
      updates.push_back(&operation);
      alone.push_back(std::move(*weights));
    }
  }
  ASSERT_GE(updates.size(), 7U);
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&] {
      for (int round = 0; round < 20; ++round) {
        for (std::size_t i = 0; i < updates.size(); ++i) {
          try {
            if (next.weights_of(*updates[i]) != alone[i]) ++wrong;
          } catch (const UserError&) {
            ++wrong;
          }
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace lnsim
