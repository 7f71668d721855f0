#include "sim/base/bit_set.h"

#include <gtest/gtest.h>

#include <set>
#include <vector>

namespace lnsim {
namespace {

std::vector<std::size_t> members(const BitSet& set, std::size_t size) {
  std::vector<std::size_t> found;
  for (std::size_t i = set.next(0); i < size; i = set.next(i + 1)) found.push_back(i);
  return found;
}

TEST(BitSet, begins_empty_and_answers_with_its_size) {
  for (const std::size_t size : {0U, 1U, 63U, 64U, 65U, 200U}) {
    const BitSet set(size);
    EXPECT_EQ(set.next(0), size);
    EXPECT_EQ(set.next(size), size);
    EXPECT_EQ(set.next(size + 100), size);
  }
}

TEST(BitSet, finds_its_members_in_order_across_words) {
  BitSet set(200);
  for (const std::size_t member : {199U, 0U, 63U, 64U, 128U, 127U}) set.insert(member);
  EXPECT_EQ(members(set, 200), (std::vector<std::size_t>{0, 63, 64, 127, 128, 199}));
  EXPECT_EQ(set.next(1), 63U);
  EXPECT_EQ(set.next(63), 63U);
  EXPECT_EQ(set.next(129), 199U);
}

TEST(BitSet, finds_in_turn_what_a_search_from_the_start_of_the_turn_would) {
  for (const std::size_t size : {1U, 6U, 64U, 65U, 200U}) {
    BitSet set(size);
    for (std::size_t i = 0; i < size; i += 3) set.insert(i);
    for (std::size_t first = 0; first < size; ++first) {
      for (const std::size_t divisor : {1U, 5U, 7U, 500U}) {
        const auto holds = [&](std::size_t member) { return member % divisor == divisor / 2; };
        std::size_t expected = size;
        for (std::size_t i = 0; i < size && expected == size; ++i) {
          const std::size_t member = (first + i) % size;
          if (member % 3 == 0 && holds(member)) expected = member;
        }
        ASSERT_EQ(set.find_in_turn(first, holds), expected) << size << " " << first << " " << divisor;
      }
    }
  }
}

TEST(BitSet, holds_a_member_once_however_often_it_is_inserted) {
  BitSet set(70);
  set.insert(66);
  set.insert(66);
  set.erase(66);
  EXPECT_EQ(set.next(0), 70U);
  set.erase(66);
  EXPECT_EQ(set.next(0), 70U);
}

TEST(BitSet, holds_what_a_plain_set_holds) {
  constexpr std::size_t kSize = 130;
  BitSet set(kSize);
  std::set<std::size_t> plain;
  for (std::size_t i = 0; i < 1000; ++i) {
    const std::size_t member = i * i % kSize;
    if (i % 3 == 0) {
      set.erase(member);
      plain.erase(member);
    } else {
      set.insert(member);
      plain.insert(member);
    }
    ASSERT_EQ(members(set, kSize), std::vector<std::size_t>(plain.begin(), plain.end())) << i;
  }
}

}  // namespace
}  // namespace lnsim
