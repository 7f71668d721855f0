#include "sim/run/report/text_table.h"

#include <gtest/gtest.h>

namespace lnsim {
namespace {

TEST(TextTable, aligns_text_to_the_left_and_numbers_to_the_right) {
  TextTable table({"name", "n"}, 1);
  table.add({"a", "5"});
  table.add({"longer", "12345"});
  EXPECT_EQ(table.str(),
            "name        n\n"
            "-------------\n"
            "a           5\n"
            "longer  12345\n");
}

TEST(TextTable, leaves_no_blanks_at_line_ends) {
  TextTable table({"name", "note"}, 2);
  table.add({"a", ""});
  EXPECT_EQ(table.str(), "name  note\n----------\na\n");
}

TEST(Grouped, sets_digits_in_threes) {
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1000), "1 000");
  EXPECT_EQ(grouped(24299077632ULL), "24 299 077 632");
}

TEST(WithPrefix, keeps_three_digits) {
  EXPECT_EQ(with_prefix(0), "0 ");
  EXPECT_EQ(with_prefix(1), "1.00 ");
  EXPECT_EQ(with_prefix(999.4), "999 ");
  EXPECT_EQ(with_prefix(999.6), "1.00 k");
  EXPECT_EQ(with_prefix(12345), "12.3 k");
  EXPECT_EQ(with_prefix(7.99e-3), "7.99 m");
  EXPECT_EQ(with_prefix(75.36e-15), "75.4 f");
  EXPECT_EQ(with_prefix(2.5e15), "2500 T");
}

TEST(Wrapped, breaks_between_words_before_column_100) {
  EXPECT_EQ(wrapped("one two", "  "), "  one two\n");
  const std::string fifty(50, 'x');
  EXPECT_EQ(wrapped(fifty + " " + fifty, ""), fifty + "\n" + fifty + "\n");
  EXPECT_EQ(wrapped(fifty + " " + std::string(49, 'y'), ""), fifty + " " + std::string(49, 'y') + "\n");
}

}  // namespace
}  // namespace lnsim
