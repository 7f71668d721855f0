#include "sim/base/yaml_document.h"

#include <gtest/gtest.h>

#include <limits>

#include "tests/unit/base/scratch_file.h"

namespace lnsim {
namespace {

YamlDocument parsed(std::string_view text) {
  const ScratchFile file(text);
  return read_yaml(file.path());
}

YamlNode plain(const std::string& text) {
  YamlNode node;
  node.kind = YamlNode::Kind::scalar;
  node.text = text;
  return node;
}

TEST(YamlDocument, keeps_the_position_of_every_key_and_value) {
  const YamlDocument document = parsed("# head\na: 1\nb:\n  c: [x, yy]\n");
  const YamlNode& root = *document.root;
  ASSERT_EQ(root.kind, YamlNode::Kind::map);
  ASSERT_EQ(root.entries.size(), 2U);
  EXPECT_EQ(root.entries[0].key, "a");
  EXPECT_EQ(root.entries[0].mark.line, 2);
  EXPECT_EQ(root.entries[0].mark.column, 1);
  EXPECT_EQ(root.entries[0].value->mark.column, 4);
  const YamlNode& list = *root.entries[1].value->entries[0].value;
  ASSERT_EQ(list.kind, YamlNode::Kind::list);
  ASSERT_EQ(list.items.size(), 2U);
  EXPECT_EQ(list.items[1]->text, "yy");
  EXPECT_EQ(list.items[1]->mark.line, 4);
  EXPECT_EQ(list.items[1]->mark.column, 10);
}

TEST(YamlDocument, tells_quoted_text_from_plain_values_and_from_nothing) {
  const YamlDocument document = parsed("{a: 1, b: \"1\", c: '1', d: , e: ~, f: null, g: ''}\n");
  const auto& entries = document.root->entries;
  ASSERT_EQ(entries.size(), 7U);
  EXPECT_FALSE(entries[0].value->quoted);
  EXPECT_TRUE(entries[1].value->quoted);
  EXPECT_TRUE(entries[2].value->quoted);
  for (const std::size_t i : {3U, 4U, 5U}) EXPECT_EQ(entries[i].value->kind, YamlNode::Kind::null) << i;
  EXPECT_EQ(entries[6].value->kind, YamlNode::Kind::scalar);
}

TEST(YamlDocument, keeps_the_first_of_two_equal_keys_and_reports_the_second) {
  const YamlDocument document = parsed("a:\n- {b: 1, b: 2}\n");
  const YamlNode& item = *document.root->entries[0].value->items[0];
  ASSERT_EQ(item.entries.size(), 1U);
  EXPECT_EQ(item.entries[0].value->text, "1");
  ASSERT_EQ(document.diagnostics.size(), 1U);
  EXPECT_EQ(document.diagnostics[0].path, "a[0].b");
  EXPECT_EQ(document.diagnostics[0].position.line, 2);
  EXPECT_EQ(document.diagnostics[0].position.column, 10);
  EXPECT_EQ(document.diagnostics[0].got, "this key a second time");
  EXPECT_EQ(document.diagnostics[0].expected, "it once (first in line 2)");
}

TEST(YamlDocument, shares_the_node_that_an_alias_names) {
  const YamlDocument document = parsed("a: &x {b: 1}\nc: *x\nd: &y 5\ne: *y\n");
  const auto& entries = document.root->entries;
  EXPECT_EQ(entries[0].value, entries[1].value);
  EXPECT_EQ(entries[3].value->text, "5");
}

TEST(YamlDocument, takes_the_deepest_allowed_nesting_and_not_one_level_more) {
  const auto nested = [](std::size_t levels) {
    return std::string(levels, '[') + "1" + std::string(levels, ']');
  };
  EXPECT_NO_THROW(parsed(nested(kYamlDeepestLevel)));
  EXPECT_THROW(parsed(nested(kYamlDeepestLevel + 1)), UserError);
}

TEST(YamlDocument, survives_every_prefix_of_a_document) {
  const std::string text =
      "a: &x {b: [1, \"two\", 'three'], c: |\n  block\n  text\n, ? d : *x}\n--- !tag\n- %x\n";
  for (std::size_t length = 1; length <= text.size(); ++length) {
    try {
      parsed(text.substr(0, length));
    } catch (const UserError& error) {
      EXPECT_FALSE(error.diagnostics().empty());
    }
  }
}

TEST(Shown, quotes_what_was_quoted_shortens_what_is_long_and_hides_what_cannot_be_printed) {
  EXPECT_EQ(shown(plain("32")), "32");
  YamlNode quoted = plain("32");
  quoted.quoted = true;
  EXPECT_EQ(shown(quoted), "\"32\"");
  EXPECT_EQ(shown(plain(std::string(100, 'x'))), std::string(60, 'x') + "...");
  EXPECT_EQ(shown(plain("a\nb\x1b")), "a b ");
  EXPECT_EQ(shown(YamlNode{}), "nothing");
}

TEST(MarkOf, finds_a_value_or_the_nearest_section_around_it) {
  const YamlDocument document = parsed("a:\n  b:\n  - c: 1\n  - c: 2\n");
  const auto line_of = [&](std::string_view path) { return mark_of(*document.root, path).line; };
  EXPECT_EQ(line_of("a"), 1);
  EXPECT_EQ(line_of("a.b"), 2);
  EXPECT_EQ(line_of("a.b[0].c"), 3);
  EXPECT_EQ(line_of("a.b[1].c"), 4);
  EXPECT_EQ(line_of("a.b[1].d"), 4);
  EXPECT_EQ(line_of("a.b[2]"), 2);
  EXPECT_EQ(line_of("a.x.y"), 1);
  EXPECT_EQ(line_of("x"), 1);
}

TEST(IntegerOf, takes_decimal_and_hexadecimal_integers) {
  EXPECT_EQ(integer_of(plain("0")), 0);
  EXPECT_EQ(integer_of(plain("4096")), 4096);
  EXPECT_EQ(integer_of(plain("-7")), -7);
  EXPECT_EQ(integer_of(plain("0x1000")), 4096);
  EXPECT_EQ(integer_of(plain("0xfF")), 255);
  EXPECT_EQ(integer_of(plain("9223372036854775807")), std::numeric_limits<std::int64_t>::max());
}

TEST(IntegerOf, takes_nothing_that_would_have_to_be_rounded_or_guessed) {
  for (const char* text : {"", "1.0", "1e3", "010", "-010", "+5", "1_000", "1,000", "0x", "0x-1", "0xg",
                           "ten", "1 ", " 1", "9223372036854775808", "0b1", "0o7", "-", "true"}) {
    EXPECT_FALSE(integer_of(plain(text))) << text;
  }
  YamlNode quoted = plain("5");
  quoted.quoted = true;
  EXPECT_FALSE(integer_of(quoted));
  EXPECT_FALSE(integer_of(YamlNode{}));
}

TEST(RealOf, takes_finite_decimal_numbers) {
  EXPECT_EQ(real_of(plain("1.05")), 1.05);
  EXPECT_EQ(real_of(plain("1e-8")), 1e-8);
  EXPECT_EQ(real_of(plain("-3")), -3.0);
  for (const char* text :
       {"", "nan", ".nan", "inf", "-inf", ".inf", "1e999", "0x10", "1.0.0", "1,5", "one", "1.5 "}) {
    EXPECT_FALSE(real_of(plain(text))) << text;
  }
}

TEST(BooleanOf, takes_true_and_false_and_no_other_word) {
  EXPECT_EQ(boolean_of(plain("true")), true);
  EXPECT_EQ(boolean_of(plain("false")), false);
  for (const char* text : {"yes", "no", "on", "True", "TRUE", "1", "0", ""})
    EXPECT_FALSE(boolean_of(plain(text))) << text;
  EXPECT_FALSE(boolean_of(YamlNode{}));
}

}  // namespace
}  // namespace lnsim
