// Hashes tell sequences apart that differ in a word, in order or in length.
#include "sim/base/hash.h"

#include <gtest/gtest.h>

#include <array>
#include <set>
#include <vector>

namespace lnsim {
namespace {

TEST(Hash, of_equal_sequences_is_equal) {
  EXPECT_EQ(hash_words(std::vector<std::uint64_t>{1, 2, 3}),
            hash_words(std::array<std::uint64_t, 3>{1, 2, 3}));
}

TEST(Hash, differs_with_every_word_their_order_and_a_word_more) {
  std::set<std::uint64_t> hashes;
  for (const std::vector<std::uint64_t>& words :
       {std::vector<std::uint64_t>{1, 2, 3}, {2, 2, 3}, {1, 3, 3}, {1, 2, 4}, {3, 2, 1}, {1, 2, 3, 0}})
    hashes.insert(hash_words(words));
  EXPECT_EQ(hashes.size(), 6U);
}

}  // namespace
}  // namespace lnsim
