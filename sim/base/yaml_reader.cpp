#include "sim/base/yaml_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cctype>

#include "sim/base/value_range.h"

namespace lnsim {
namespace {

// `32 KiB`: a number with something behind it that is not one.
bool looks_like_value_with_unit(const YamlNode& node) {
  if (node.kind != YamlNode::Kind::scalar) return false;
  const std::size_t digits = node.text.find_first_not_of("0123456789.-");
  if (digits == std::string::npos || node.text.find_first_of("0123456789") >= digits) return false;
  const std::size_t unit = node.text.find_first_not_of(' ', digits);
  if (unit == std::string::npos || node.text.find_first_of("0123456789", unit) != std::string::npos)
    return false;
  return std::isalpha(static_cast<unsigned char>(node.text[unit])) != 0 || node.text[unit] == '%';
}

std::string number_expected(const YamlNode& node, std::string range, std::string_view unit) {
  if (!looks_like_value_with_unit(node)) return range;
  return range + (unit.empty() ? ", a bare number" : ", written without the unit");
}

bool is_power_of_two(std::int64_t value) {
  return value > 0 && std::has_single_bit(static_cast<std::uint64_t>(value));
}

}  // namespace

std::optional<std::int64_t> read_integer(const YamlNode& node, const std::string& path,
                                         const IntegerRange& range, std::string_view unit,
                                         YamlReport& report) {
  const std::optional<std::int64_t> value = integer_of(node);
  const bool fits = value && *value >= range.lowest && *value <= range.highest;
  if (fits && (!range.power_of_two || is_power_of_two(*value))) return value;
  report.add(node.mark, path, shown(node), number_expected(node, range_text(range, unit), unit));
  return std::nullopt;
}

std::optional<double> read_real(const YamlNode& node, const std::string& path, const RealRange& range,
                                std::string_view unit, YamlReport& report) {
  const std::optional<double> value = real_of(node);
  if (value && *value >= range.lowest && *value <= range.highest) return value;
  report.add(node.mark, path, shown(node), number_expected(node, range_text(range, unit), unit));
  return std::nullopt;
}

std::optional<bool> read_boolean(const YamlNode& node, const std::string& path, YamlReport& report) {
  const std::optional<bool> value = boolean_of(node);
  if (!value) report.add(node.mark, path, shown(node), "true or false");
  return value;
}

std::optional<std::string> read_text(const YamlNode& node, const std::string& path, YamlReport& report) {
  if (node.kind == YamlNode::Kind::scalar) return node.text;
  report.add(node.mark, path, shown(node), "text");
  return std::nullopt;
}

std::optional<std::size_t> read_choice(const YamlNode& node, const std::string& path, ChoiceNames names,
                                       YamlReport& report) {
  if (node.kind == YamlNode::Kind::scalar) {
    const auto found = std::find(names.begin(), names.end(), node.text);
    if (found != names.end()) return static_cast<std::size_t>(found - names.begin());
  }
  std::string expected = range_text(names);
  const std::string nearest = nearest_name(node.text, {names.begin(), names.end()});
  if (!nearest.empty()) expected += fmt::format(": did you mean {}?", nearest);
  report.add(node.mark, path, shown(node), expected);
  return std::nullopt;
}

}  // namespace lnsim
