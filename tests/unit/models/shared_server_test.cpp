#include "models/estimate/shared_server.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace lnsim {
namespace {

TEST(SharedServer, serves_a_request_at_once_when_it_is_free) {
  SharedServer server;
  EXPECT_EQ(server.serve(10, 5), 15U);
  EXPECT_EQ(server.serve(15, 5), 20U);
  EXPECT_EQ(server.serve(30, 0), 30U);
}

TEST(SharedServer, serves_an_early_request_in_the_gaps_of_later_ones) {
  SharedServer server;
  server.serve(10, 5);
  server.serve(20, 5);
  EXPECT_EQ(server.serve(0, 8), 8U);
  EXPECT_EQ(server.serve(0, 10), 20U + 5U + 3U);  // [8, 10), [15, 20) and three more
}

// A list of busy units of time says the same.
TEST(SharedServer, agrees_with_a_list_of_units) {
  std::mt19937 random(5);
  const auto below = [&](std::uint64_t end) {
    return std::uniform_int_distribution<std::uint64_t>(0, end - 1)(random);
  };
  for (int round = 0; round < 200; ++round) {
    SharedServer server;
    std::vector<bool> busy(2000);
    std::uint64_t earliest = 0;
    for (int request = 0; request < 40; ++request) {
      const std::uint64_t from = earliest + below(60);
      const std::uint64_t amount = 1 + below(20);
      std::uint64_t end = from;
      for (std::uint64_t left = amount; left > 0; ++end) {
        if (!busy[end]) --left;
        busy[end] = true;
      }
      ASSERT_EQ(server.serve(from, amount), end);
      earliest += below(8);
      server.forget_before(earliest);
    }
  }
}

}  // namespace
}  // namespace lnsim
