#include "sim/run/report/coalesce.h"

#include <gtest/gtest.h>

#include <array>
#include <random>

namespace lnsim {
namespace {

using Pieces = std::vector<ActivityLog::Piece>;

constexpr auto kCompute = static_cast<UnitDoing>(Cause::compute);
constexpr auto kOutput = static_cast<UnitDoing>(Cause::output);

std::array<Cycle, kUnitDoings> totals(const Pieces& pieces) {
  std::array<Cycle, kUnitDoings> sums{};
  for (const auto& piece : pieces) sums[piece.doing] += piece.end - piece.begin;
  return sums;
}

// Pieces of 1 to 30 cycles with gaps of 0 to 20, of three kinds.
Pieces random_pieces(std::mt19937_64& random) {
  Pieces pieces;
  Cycle at = 0;
  for (int i = 0; i < 200; ++i) {
    const Cycle begin = at + (random() % 3 == 0 ? random() % 21 : 0);
    at = begin + 1 + random() % 30;
    const auto doing = static_cast<UnitDoing>(random() % 3);
    if (!pieces.empty() && pieces.back().end == begin && pieces.back().doing == doing) continue;
    pieces.push_back({begin, at, doing});
  }
  return pieces;
}

TEST(Coalesced, gathers_neighbours_that_span_no_more_than_the_resolution) {
  const Pieces pieces{{0, 2, kCompute}, {2, 3, kOutput}, {3, 5, kCompute}, {6, 7, kOutput}};
  EXPECT_EQ(coalesced(pieces, 7), (Pieces{{0, 4, kCompute}, {4, 6, kOutput}}));
  EXPECT_EQ(coalesced(pieces, 6), (Pieces{{0, 4, kCompute}, {4, 5, kOutput}, {6, 7, kOutput}}));
}

TEST(Coalesced, leaves_long_pieces_and_gaps_in_their_places) {
  const Pieces pieces{{0, 2, kCompute}, {3, 5, kCompute}, {5, 100, kOutput}, {140, 141, kCompute}};
  EXPECT_EQ(coalesced(pieces, 10), (Pieces{{0, 4, kCompute}, {5, 100, kOutput}, {140, 141, kCompute}}));
}

TEST(Coalesced, changes_nothing_at_a_resolution_of_one_cycle) {
  std::mt19937_64 random(7);
  const Pieces pieces = random_pieces(random);
  EXPECT_EQ(coalesced(pieces, 1), pieces);
}

TEST(Coalesced, keeps_the_cycles_of_each_kind_the_order_and_the_span_at_every_resolution) {
  std::mt19937_64 random(11);
  for (int round = 0; round < 20; ++round) {
    const Pieces pieces = random_pieces(random);
    for (const Cycle resolution : {2U, 5U, 16U, 64U, 1000U, 100000U}) {
      const Pieces fewer = coalesced(pieces, resolution);
      EXPECT_EQ(totals(fewer), totals(pieces));
      EXPECT_LE(fewer.size(), pieces.size());
      EXPECT_EQ(fewer.front().begin, pieces.front().begin);
      EXPECT_LE(fewer.back().end, pieces.back().end);
      for (std::size_t i = 1; i < fewer.size(); ++i) {
        EXPECT_LE(fewer[i - 1].end, fewer[i].begin);
        EXPECT_TRUE(fewer[i - 1].end < fewer[i].begin || fewer[i - 1].doing != fewer[i].doing);
      }
    }
  }
}

TEST(Coalesced, moves_nothing_by_the_resolution_or_more) {
  std::mt19937_64 random(13);
  const Pieces pieces = random_pieces(random);
  const Cycle end = pieces.back().end;
  for (const Cycle resolution : {5U, 16U, 64U}) {
    const Pieces fewer = coalesced(pieces, resolution);
    // Up to any cycle t, a kind has had no more than it would have by t + R and no less than by t - R.
    const auto until = [](const Pieces& all, UnitDoing doing, Cycle t) {
      Cycle sum = 0;
      for (const auto& piece : all) {
        if (piece.doing == doing && piece.begin < t) sum += std::min(piece.end, t) - piece.begin;
      }
      return sum;
    };
    for (Cycle t = 0; t < end; t += 3) {
      for (UnitDoing doing = 0; doing < 3; ++doing) {
        EXPECT_LE(until(fewer, doing, t), until(pieces, doing, t + resolution));
        EXPECT_GE(until(fewer, doing, t + resolution), until(pieces, doing, t));
      }
    }
  }
}

}  // namespace
}  // namespace lnsim
