#include "sim/base/errors.h"

#include <gtest/gtest.h>

namespace lnsim {
namespace {

TEST(Diagnostic, prints_file_line_column_path_what_was_got_and_what_was_expected) {
  const Diagnostic diagnostic{{"a.yaml", 3, 14}, "pe.lanes", "many", "an integer"};
  EXPECT_EQ(diagnostic.message(), "a.yaml:3:14: pe.lanes: got many, expected an integer");
}

TEST(Diagnostic, leaves_out_what_is_not_known) {
  EXPECT_EQ((Diagnostic{{"a.yaml", 3, 0}, "pe", "1", "2"}).message(), "a.yaml:3: pe: got 1, expected 2");
  EXPECT_EQ((Diagnostic{{"a.yaml"}, "", "1", "2"}).message(), "a.yaml: got 1, expected 2");
  EXPECT_EQ((Diagnostic{{}, "pe", "1", "2"}).message(), "pe: got 1, expected 2");
  EXPECT_EQ((Diagnostic{{}, "", "1", "2"}).message(), "got 1, expected 2");
  EXPECT_EQ((Diagnostic{{"a.yaml"}, "pe", "", "2"}).message(), "a.yaml: pe: expected 2");
  EXPECT_EQ((Diagnostic{{"a.yaml"}, "pe", "1", ""}).message(), "a.yaml: pe: got 1");
  EXPECT_EQ((Diagnostic{{}, "", "", "2"}).message(), "expected 2");
  EXPECT_EQ((Diagnostic{{"", 3, 4}, "", "1", "2"}).message(), "line 3:4: got 1, expected 2");
}

TEST(UserError, says_every_mistake_on_a_line_of_its_own_in_the_given_order) {
  const UserError error({Diagnostic{{"f", 1, 1}, "", "a", "b"}, Diagnostic{{"f", 2, 1}, "", "c", "d"}});
  EXPECT_STREQ(error.what(), "f:1:1: got a, expected b\nf:2:1: got c, expected d");
  ASSERT_EQ(error.diagnostics().size(), 2U);
  EXPECT_EQ(error.diagnostics()[1].got, "c");
}

TEST(NearestName, forgives_one_mistake_in_three_letters) {
  EXPECT_EQ(nearest_name("lane", {"count", "lanes"}), "lanes");    // a letter left out
  EXPECT_EQ(nearest_name("laness", {"count", "lanes"}), "lanes");  // one too many
  EXPECT_EQ(nearest_name("lames", {"count", "lanes"}), "lanes");   // another one
  EXPECT_EQ(nearest_name("lnaes", {"count", "lanes"}), "lanes");   // two swapped
  EXPECT_EQ(nearest_name("vectorsize", {"vector_size"}), "vector_size");
  EXPECT_EQ(nearest_name("vectr_sise", {"vector_size"}), "vector_size");
}

TEST(NearestName, is_empty_when_nothing_is_near) {
  EXPECT_EQ(nearest_name("prefetch", {"outstanding_bursts"}), "");
  EXPECT_EQ(nearest_name("e", {"pe"}), "");
  EXPECT_EQ(nearest_name("", {"pe"}), "");
  EXPECT_EQ(nearest_name("lanes", {}), "");
}

TEST(NearestName, takes_the_nearest_and_the_first_of_equals) {
  EXPECT_EQ(nearest_name("buffer_c", {"buffers_cd", "buffer_a", "buffer_b"}), "buffer_a");
  EXPECT_EQ(nearest_name("buffer_b", {"buffer_a", "buffer_b"}), "buffer_b");
}

TEST(NearestName, is_quick_for_names_of_absurd_length) {
  EXPECT_EQ(nearest_name(std::string(1 << 20, 'x'), {"lanes", "count"}), "");
}

}  // namespace
}  // namespace lnsim
