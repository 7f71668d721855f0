#include "sim/base/value_range.h"

#include <fmt/format.h>

namespace lnsim {
namespace {

std::string in_brackets(std::string_view unit) {
  return unit.empty() ? "" : fmt::format(" ({})", unit);
}

}  // namespace

std::string range_text(const IntegerRange& range, std::string_view unit) {
  return fmt::format("{} from {} to {}{}", range.power_of_two ? "a power of two" : "an integer", range.lowest,
                     range.highest, in_brackets(unit));
}

std::string range_text(const RealRange& range, std::string_view unit) {
  return fmt::format("a number from {} to {}{}", range.lowest, range.highest, in_brackets(unit));
}

std::string range_text(ChoiceNames names) {
  return fmt::format("one of {}", fmt::join(names, ", "));
}

}  // namespace lnsim
