#include "sim/base/text_file.h"

#include <gtest/gtest.h>

#include "sim/base/errors.h"
#include "tests/unit/base/scratch_file.h"

namespace lnsim {
namespace {

// What reading says, without the file's name; empty when the content was accepted as it is.
std::string complaint(std::string_view content, std::size_t largest_bytes = 1000) {
  const ScratchFile file(content);
  try {
    EXPECT_EQ(read_text_file(file.path(), largest_bytes), content);
  } catch (const UserError& error) {
    return std::string(error.what()).substr(file.path().generic_string().size());
  }
  return "";
}

TEST(TextFile, reads_text_of_one_to_four_bytes_per_character) {
  EXPECT_EQ(complaint("plain\r\n  # tab after text\there\n"), "");
  EXPECT_EQ(
      complaint("\xc2\x80 \xdf\xbf \xe0\xa0\x80 \xed\x9f\xbf \xef\xbf\xbf \xf0\x90\x80\x80 \xf4\x8f\xbf\xbf"),
      "");
}

TEST(TextFile, names_the_first_byte_that_is_not_utf_8_and_counts_characters_not_bytes) {
  EXPECT_EQ(complaint("a\nb\x80"), ":2:2: got the byte 0x80, expected UTF-8 text");  // no first byte
  EXPECT_EQ(complaint("\xc3\xa9\xc3\xa9\xff"), ":1:3: got the byte 0xff, expected UTF-8 text");
  EXPECT_EQ(complaint("\xc0\xaf"), ":1:1: got the byte 0xc0, expected UTF-8 text");  // longer than needed
  EXPECT_EQ(complaint("\xe0\x80\xaf"), ":1:1: got the byte 0xe0, expected UTF-8 text");
  EXPECT_EQ(complaint("\xf0\x80\x80\xaf"), ":1:1: got the byte 0xf0, expected UTF-8 text");
  EXPECT_EQ(complaint("\xed\xa0\x80"), ":1:1: got the byte 0xed, expected UTF-8 text");  // surrogate
  EXPECT_EQ(complaint("\xf4\x90\x80\x80"),
            ":1:1: got the byte 0xf4, expected UTF-8 text");                         // past the last one
  EXPECT_EQ(complaint("\xe2\x82"), ":1:1: got the byte 0xe2, expected UTF-8 text");  // cut off
  EXPECT_EQ(complaint("\xe2\x28\xa1"), ":1:1: got the byte 0xe2, expected UTF-8 text");
}

TEST(TextFile, refuses_control_characters) {
  EXPECT_EQ(complaint(std::string_view("ab\0c", 4)), ":1:3: got the byte 0x00, expected UTF-8 text");
  EXPECT_EQ(complaint("\x1b[1m"), ":1:1: got the byte 0x1b, expected UTF-8 text");
  EXPECT_EQ(complaint("a\x7f"), ":1:2: got the byte 0x7f, expected UTF-8 text");
}

TEST(TextFile, refuses_tabs_in_front_of_a_lines_text) {
  EXPECT_EQ(complaint("pe:\n  \tlanes: 3\n"), ":2:3: got a tab in the indentation, expected spaces");
}

TEST(TextFile, refuses_empty_and_overlong_files) {
  EXPECT_EQ(complaint(""), ": got an empty file, expected keys and values");
  EXPECT_EQ(complaint("12345", 5), "");
  EXPECT_EQ(complaint("123456", 5), ": got 6 bytes, expected at most 5 bytes");
}

TEST(TextFile, refuses_paths_that_lead_nowhere) {
  EXPECT_THROW(read_text_file("nowhere/at/all", 10), UserError);
  const ScratchFile file("x");
  EXPECT_THROW(read_text_file(file.path() / "below", 10), UserError);
  EXPECT_THROW(read_text_file(testing::TempDir(), 10), UserError);
}

}  // namespace
}  // namespace lnsim
