#include "sim/run/trace/trace_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "sim/run/trace/json_position.h"

namespace lnsim {

namespace {

constexpr std::size_t kShownMistakes = 20;
constexpr std::size_t kHeldMistakes = 1000;  // until the first ones among them are picked out
constexpr std::size_t kQuoteLength = 60;

using Json = nlohmann::json;

std::string shortened(std::string text) {
  if (text.size() > kQuoteLength) {
    std::size_t end = kQuoteLength;
    while ((static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;  // not inside a character
    text = text.substr(0, end) + "...";
  }
  return text;
}

std::string range_text(IntegerRange range) {
  return range.highest == std::numeric_limits<std::int64_t>::max()
             ? fmt::format("an integer of at least {}", range.lowest)
             : fmt::format("an integer from {} to {}", range.lowest, range.highest);
}

bool is_within(const Json& value, IntegerRange range) {
  if (!value.is_number_integer()) return false;
  if (value.is_number_unsigned() &&
      value.get<std::uint64_t>() > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
    return false;
  }
  const auto number = value.get<std::int64_t>();
  return number >= range.lowest && number <= range.highest;
}

}  // namespace

std::string quoted(const Json& value) {
  return shortened(value.dump(-1, ' ', false, Json::error_handler_t::replace));
}

void Mistakes::add(Diagnostic mistake) {
  found_.push_back(std::move(mistake));
  if (found_.size() >= kHeldMistakes) keep_the_first();
}

void Mistakes::add(const Mistakes& others) {
  for (const Diagnostic& mistake : others.found_) add(mistake);
  passed_over_ += others.passed_over_;
}

void Mistakes::keep_the_first() {
  std::stable_sort(found_.begin(), found_.end(), [](const Diagnostic& a, const Diagnostic& b) {
    return a.position.line < b.position.line;
  });
  if (found_.size() <= kShownMistakes) return;
  passed_over_ += found_.size() - kShownMistakes;
  found_.resize(kShownMistakes);
}

void Mistakes::throw_if_any() const {
  if (found_.empty()) return;
  Mistakes shown = *this;
  shown.keep_the_first();
  if (shown.passed_over_ > 0) {
    const std::string& file = shown.found_.front().position.file;
    shown.found_.push_back({{file}, fmt::format("and {} more mistakes", shown.passed_over_), "", ""});
  }
  throw UserError(std::move(shown.found_));
}

TraceLine::TraceLine(std::string file, int number, std::string text, Mistakes& mistakes)
    : file_(std::move(file)), number_(number), text_(std::move(text)), mistakes_(&mistakes) {
  const std::size_t depth = nesting_depth(text_);
  if (depth > kDeepestNesting) {
    mistake("", fmt::format("values nested {} deep", depth), fmt::format("at most {}", kDeepestNesting));
    return;
  }
  try {
    value_ = Json::parse(text_);
  } catch (const Json::parse_error& error) {
    const std::size_t byte = error.byte == 0 ? 0 : error.byte - 1;
    const bool ended = byte >= text_.size();
    mistakes_->add({{file_, number_, column_at(text_, byte)},
                    "",
                    ended ? "the end of the line inside a value" : "text that is not JSON",
                    "one JSON object per line"});
    return;
  } catch (const Json::out_of_range&) {
    mistake("", "a number beyond all reals", "one JSON object per line");
    return;
  }
  if (!value_.is_object()) {
    mistake("", quoted(value_), "one JSON object per line");
    return;
  }
  for (const JsonPositions::Entry& key : json_positions(text_).repeated_keys) {
    mistakes_->add({{file_, number_, key.column}, key.path, "the key twice", "every key once"});
  }
}

const Json* TraceLine::find(std::string_view path) const {
  const Json* value = &value_;
  while (!path.empty()) {
    const std::size_t dot = std::min(path.find('.'), path.size());
    if (!value->is_object()) return nullptr;
    const auto member = value->find(path.substr(0, dot));
    if (member == value->end()) return nullptr;
    value = &*member;
    path.remove_prefix(std::min(dot + 1, path.size()));
  }
  return value;
}

const Json* TraceLine::find(std::string_view path, Need need, const std::string& expected,
                            bool (*right)(const Json&)) {
  const Json* value = find(path);
  if (value == nullptr) {
    if (need == Need::required) mistake(path, "nothing", expected);
    return nullptr;
  }
  if (right(*value)) return value;
  mistake(path, quoted(*value), expected);
  return nullptr;
}

std::optional<std::int64_t> TraceLine::integer(std::string_view path, IntegerRange range, Need need) {
  const Json* value = find(path, need, range_text(range), [](const Json&) { return true; });
  if (value == nullptr) return std::nullopt;
  if (is_within(*value, range)) return value->get<std::int64_t>();
  mistake(path, quoted(*value), range_text(range));
  return std::nullopt;
}

std::optional<std::vector<std::int64_t>> TraceLine::integers(std::string_view path, IntegerRange range,
                                                             std::size_t least, std::size_t most, Need need) {
  const std::string count = least == most ? fmt::format("{}", least) : fmt::format("{} to {}", least, most);
  const Json* value = find(path, need, fmt::format("a list of {} integers", count),
                           [](const Json& list) { return list.is_array(); });
  if (value == nullptr) return std::nullopt;
  if (value->size() < least || value->size() > most) {
    mistake(path, quoted(*value), fmt::format("a list of {} integers", count));
    return std::nullopt;
  }
  std::vector<std::int64_t> numbers;
  for (std::size_t i = 0; i < value->size(); ++i) {
    const Json& element = (*value)[i];
    if (is_within(element, range)) {
      numbers.push_back(element.get<std::int64_t>());
    } else {
      mistake(fmt::format("{}[{}]", path, i), quoted(element), range_text(range));
    }
  }
  if (numbers.size() < value->size()) return std::nullopt;
  return numbers;
}

std::optional<std::vector<std::string>> TraceLine::texts(std::string_view path, Need need) {
  const Json* value = find(path, need, "a list of texts that are not empty", [](const Json& list) {
    return list.is_array() && std::all_of(list.begin(), list.end(), [](const Json& element) {
             return element.is_string() && !element.get_ref<const std::string&>().empty();
           });
  });
  if (value == nullptr) return std::nullopt;
  return value->get<std::vector<std::string>>();
}

std::optional<double> TraceLine::real(std::string_view path, Need need) {
  const Json* value = find(path, need, "a number", [](const Json& number) { return number.is_number(); });
  if (value == nullptr) return std::nullopt;
  return value->get<double>();
}

std::optional<bool> TraceLine::boolean(std::string_view path, Need need) {
  const Json* value = find(path, need, "true or false", [](const Json& flag) { return flag.is_boolean(); });
  if (value == nullptr) return std::nullopt;
  return value->get<bool>();
}

std::optional<std::string> TraceLine::text(std::string_view path, Need need) {
  const Json* value = find(path, need, "a text that is not empty", [](const Json& string) {
    return string.is_string() && !string.get_ref<const std::string&>().empty();
  });
  if (value == nullptr) return std::nullopt;
  return value->get<std::string>();
}

std::optional<std::string> TraceLine::choice(std::string_view path, const std::vector<std::string>& known,
                                             std::string_view what, Need need) {
  const std::string all = fmt::format("{}: {}", what, fmt::join(known, ", "));
  const Json* value = find(path, need, all, [](const Json& string) { return string.is_string(); });
  if (value == nullptr) return std::nullopt;
  const auto& name = value->get_ref<const std::string&>();
  if (std::find(known.begin(), known.end(), name) != known.end()) return name;
  const std::string near = nearest_name(name, known);
  mistake(path, quoted(*value), near.empty() ? all : fmt::format("{} (did you mean {}?)", all, near));
  return std::nullopt;
}

std::vector<std::string> TraceLine::keys(std::string_view path) const {
  std::vector<std::string> names;
  const Json* value = find(path);
  if (value == nullptr || !value->is_object()) return names;
  for (const auto& member : value->items()) names.push_back(member.key());
  return names;
}

void TraceLine::mistake(std::string_view path, std::string got, std::string expected) {
  const int column = value_.is_object() ? json_positions(text_).column_of(path) : 1;
  mistakes_->add({{file_, number_, column}, std::string(path), std::move(got), std::move(expected)});
}

void TraceLine::mistake_at(std::string_view path, std::string expected) {
  const Json* value = find(path);
  mistake(path, value == nullptr ? "nothing" : quoted(*value), std::move(expected));
}

void TraceLine::mistake_at(std::string_view path, std::size_t index, std::string expected) {
  const Json* list = find(path);
  mistake(fmt::format("{}[{}]", path, index), quoted(list->at(index)), std::move(expected));
}

}  // namespace lnsim
