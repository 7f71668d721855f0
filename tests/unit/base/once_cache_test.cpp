#include "sim/base/once_cache.h"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace lnsim {
namespace {

TEST(OnceCache, ComputesAValueOnceForAllThreads) {
  OnceCache<int, std::string> cache;
  std::atomic<int> computed = 0;
  std::vector<std::thread> threads;
  std::vector<std::string> got(8);
  for (std::size_t i = 0; i < got.size(); ++i)
    threads.emplace_back([&, i] {
      got[i] = cache.get(7, [&] {
        ++computed;
        return std::string("seven");
      });
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(computed, 1);
  EXPECT_EQ(got, std::vector<std::string>(8, "seven"));
}

TEST(OnceCache, GivesWhatComputingHasThrownAgain) {
  OnceCache<int, int> cache;
  int computed = 0;
  const auto fail = [&]() -> int {
    ++computed;
    throw std::runtime_error("no such machine");
  };
  EXPECT_THROW(cache.get(1, fail), std::runtime_error);
  EXPECT_THROW(cache.get(1, fail), std::runtime_error);
  EXPECT_EQ(computed, 1);
}

TEST(OnceCache, DropsTheFirstOfTooManyValues) {
  OnceCache<int, int> cache(2);
  int computed = 0;
  const auto get = [&](int key) {
    return cache.get(key, [&] {
      ++computed;
      return 10 * key;
    });
  };
  EXPECT_EQ(get(1) + get(2) + get(3), 60);
  EXPECT_EQ(computed, 3);
  EXPECT_EQ(get(3) + get(2), 50);
  EXPECT_EQ(computed, 3);
  EXPECT_EQ(get(1), 10);  // in the place of 2
  EXPECT_EQ(computed, 4);
  EXPECT_EQ(get(3), 30);
  EXPECT_EQ(computed, 4);
  EXPECT_EQ(get(2), 20);
  EXPECT_EQ(computed, 5);
}

}  // namespace
}  // namespace lnsim
