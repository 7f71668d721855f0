// The scheduler's calendar against a plain ordered set of (cycle, unit).
#include "sim/base/edge_queue.h"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <vector>

namespace lnsim {
namespace {

TEST(EdgeQueue, hands_out_what_an_ordered_set_would) {
  for (const std::size_t units : {1U, 63U, 64U, 65U, 300U}) {
    EdgeQueue queue;
    for (std::size_t i = 0; i < units; ++i) EXPECT_EQ(queue.add_unit(), i);
    std::set<std::pair<Cycle, std::size_t>> expected;
    std::mt19937_64 random(units);
    const auto ask = [&] {
      const Cycle ahead = 1 + random() % (random() % 4 == 0 ? 3000 : 300);
      const std::size_t unit = random() % units;
      queue.ask(unit, queue.now() + ahead);
      expected.emplace(queue.now() + ahead, unit);
    };
    for (int i = 0; i < 50; ++i) ask();
    for (int i = 0; i < 2000 && !expected.empty(); ++i) {
      ASSERT_EQ(queue.next(), expected.begin()->first);
      std::vector<std::size_t> taken;
      queue.take(queue.next(), [&](std::size_t unit) {
        taken.push_back(unit);
        if (random() % 2 == 0) ask();
      });
      for (const std::size_t unit : taken) {
        ASSERT_EQ(*expected.begin(), (std::pair<Cycle, std::size_t>{queue.now(), unit}));
        expected.erase(expected.begin());
      }
      std::set<std::pair<Cycle, std::size_t>> seen;
      queue.for_each([&](Cycle ahead, std::size_t unit) { seen.emplace(queue.now() + ahead, unit); });
      ASSERT_EQ(seen, expected);
    }
  }
}

TEST(EdgeQueue, is_empty_once_cleared) {
  EdgeQueue queue;
  queue.add_unit();
  queue.ask(0, 3);
  queue.ask(0, 3000);
  queue.clear();
  EXPECT_EQ(queue.next(), kNever);
  queue.ask(0, 3000);
  EXPECT_EQ(queue.next(), 3000U);
}

TEST(EdgeQueue, keeps_its_edges_when_units_are_added) {
  EdgeQueue queue;
  queue.add_unit();
  queue.ask(0, 3);
  for (int i = 0; i < 200; ++i) queue.add_unit();
  queue.ask(150, 3);
  std::vector<std::size_t> taken;
  queue.take(queue.next(), [&](std::size_t unit) { taken.push_back(unit); });
  EXPECT_EQ(taken, (std::vector<std::size_t>{0, 150}));
}

}  // namespace
}  // namespace lnsim
