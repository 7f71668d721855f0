#include "tools/characterise/gates/event_wheel.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

namespace lnsim::gates {
namespace {

TEST(EventWheel, gives_what_a_sorted_map_gives) {
  constexpr std::size_t kOutputs = 40;
  constexpr std::uint32_t kLongest = 100;
  EventWheel wheel(kOutputs, kLongest);
  std::map<std::uint64_t, std::vector<std::uint32_t>> expected;
  std::vector<std::uint64_t> due(kOutputs, 0);
  std::mt19937 random(3);
  std::uint64_t now = 0;
  for (int step = 0; step < 5000; ++step) {
    const auto output = static_cast<std::uint32_t>(random() % kOutputs);
    if (wheel.pending(output)) {
      auto& others = expected[due[output]];
      others.erase(std::find(others.begin(), others.end(), output));
      if (others.empty()) expected.erase(due[output]);
      wheel.cancel(output);
    } else {
      due[output] = now + 1 + random() % kLongest;
      expected[due[output]].push_back(output);
      wheel.schedule(output, due[output]);
    }
    ASSERT_EQ(wheel.empty(), expected.empty());
    if (wheel.empty() || random() % 3 != 0) continue;
    now = wheel.next_time();
    ASSERT_EQ(now, expected.begin()->first);
    std::vector<std::uint32_t> taken;
    wheel.take(now, taken);
    std::sort(taken.begin(), taken.end());
    std::sort(expected.begin()->second.begin(), expected.begin()->second.end());
    ASSERT_EQ(taken, expected.begin()->second);
    expected.erase(expected.begin());
    for (const std::uint32_t moved : taken) ASSERT_FALSE(wheel.pending(moved));
  }
}

TEST(EventWheel, starts_again_at_zero) {
  EventWheel wheel(1, 10);
  std::vector<std::uint32_t> taken;
  wheel.schedule(0, 9);
  wheel.take(wheel.next_time(), taken);
  wheel.restart();
  wheel.schedule(0, 3);
  EXPECT_EQ(wheel.next_time(), 3U);
}

}  // namespace
}  // namespace lnsim::gates
