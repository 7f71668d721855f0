#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include "tools/characterise/gates/liberty_cell.h"

namespace lnsim::gates {
namespace {

bool separates(char c) {
  return c == ' ' || c == ',' || c == '\t' || c == '\n' || c == '\r' || c == '\\';
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && separates(text.front())) text.remove_prefix(1);
  while (!text.empty() && separates(text.back())) text.remove_suffix(1);
  return text;
}

// The number at the start of `text`, which loses it; nothing when there is none that is finite.
std::optional<double> take_number(std::string_view& text) {
  if (!text.empty() && text.front() == '+') text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || !std::isfinite(value)) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

// Metric prefixes as they stand in Liberty units, and their powers of ten.
constexpr std::array<std::pair<char, int>, 6> kPrefixes{
    {{'m', -3}, {'u', -6}, {'n', -9}, {'p', -12}, {'f', -15}, {'k', 3}}};

// The power of ten of a unit such as ns or V of the quantity whose unit is `base`; nothing for any other
// text.
std::optional<int> power_of_ten(std::string_view unit, std::string_view base) {
  const auto same = [](char a, char b) { return std::tolower(a) == std::tolower(b); };
  if (unit.size() < base.size() || unit.size() > base.size() + 1) return std::nullopt;
  if (!std::equal(base.begin(), base.end(), unit.end() - static_cast<std::ptrdiff_t>(base.size()), same))
    return std::nullopt;
  if (unit.size() == base.size()) return 0;
  for (const auto& [prefix, power] : kPrefixes) {
    if (same(prefix, unit.front())) return power;
  }
  return std::nullopt;
}

}  // namespace

LibertyValues::LibertyValues(const LibertyFile& file)
    : file_(&file),
      ps_(unit("time_unit", "s", -12, "time such as \"1ns\"")),
      ff_(unit("capacitive_load_unit", "f", -15, "capacitance such as (1,pf)")),
      volt_(unit("voltage_unit", "V", 0, "voltage such as \"1V\"")),
      nw_(unit("leakage_power_unit", "W", -9, "power such as \"1nW\"")) {}

double LibertyValues::unit(std::string_view name, std::string_view base, int our_power,
                           std::string_view of) const {
  const LibertyAttribute* attribute = file_->library().find(name);
  const std::string expected = fmt::format("a {}", of);
  if (attribute == nullptr) fail(file_->library().line, std::string(name), "nothing", expected);
  // "1ns" as one text, (1,pf) as two.
  std::string joined;
  for (const std::string_view part : attribute->values) joined += part;
  std::string_view text = trimmed(joined);
  const std::optional<double> count = take_number(text);
  const std::optional<int> power = power_of_ten(trimmed(text), base);
  if (!count || !power || *count <= 0)
    fail(attribute->line, std::string(name), joined.empty() ? "nothing" : joined, expected);
  return *count * std::pow(10, *power - our_power);
}

void LibertyValues::fail(int line, std::string path, std::string got, std::string expected) const {
  throw UserError(Diagnostic{file_->position(line), std::move(path), std::move(got), std::move(expected)});
}

double LibertyValues::number(const LibertyAttribute& attribute) const {
  const std::vector<double> all = numbers(attribute);
  if (all.size() != 1)
    fail(attribute.line, std::string(attribute.name), fmt::format("{} numbers", all.size()), "one");
  return all.front();
}

double LibertyValues::number_or(const LibertyGroup& group, std::string_view name, double otherwise) const {
  const LibertyAttribute* attribute = group.find(name);
  return attribute == nullptr ? otherwise : number(*attribute);
}

std::string LibertyValues::text_or(const LibertyGroup& group, std::string_view name,
                                   std::string otherwise) const {
  const LibertyAttribute* attribute = group.find(name);
  if (attribute == nullptr || attribute->values.empty()) return otherwise;
  return std::string(trimmed(attribute->values.front()));
}

std::vector<double> LibertyValues::numbers(const LibertyAttribute& attribute) const {
  std::vector<double> result;
  for (const std::string_view value : attribute.values) {
    for (std::string_view rest = trimmed(value); !rest.empty(); rest = trimmed(rest)) {
      const std::string_view before = rest;
      const std::optional<double> number = take_number(rest);
      if (!number || (!rest.empty() && !separates(rest.front())))
        fail(attribute.line, std::string(attribute.name), std::string(before.substr(0, 40)), "a number");
      result.push_back(*number);
    }
  }
  return result;
}

std::optional<BooleanFunction> LibertyValues::function(const LibertyGroup& group,
                                                       std::string_view name) const {
  const LibertyAttribute* attribute = group.find(name);
  if (attribute == nullptr || attribute->values.empty()) return std::nullopt;
  try {
    return BooleanFunction(attribute->values.front());
  } catch (const BooleanSyntaxError& error) {
    fail(attribute->line, fmt::format("{} {}", name, attribute->values.front()), error.got, error.expected);
  }
}

}  // namespace lnsim::gates
