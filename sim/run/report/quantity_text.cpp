#include "sim/run/report/quantity_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>

#include "sim/run/report/text_table.h"

namespace lnsim {
namespace {

// A unit of documents, as a multiple of one that takes prefixes.
struct BaseUnit {
  std::string_view unit;
  std::string_view base;
  double factor;
};
constexpr std::array<BaseUnit, 9> kBaseUnits{{{"", "", 1.0},
                                              {"J", "J", 1.0},
                                              {"pJ", "J", 1e-12},
                                              {"fJ", "J", 1e-15},
                                              {"fJ/MAC", "J/MAC", 1e-15},
                                              {"s", "s", 1.0},
                                              {"B", "B", 1.0},
                                              {"J s", "J s", 1.0},
                                              {"pJ s", "J s", 1e-12}}};

}  // namespace

std::string quantity_text(double value, std::string_view unit) {
  const auto base = std::find_if(kBaseUnits.begin(), kBaseUnits.end(),
                                 [&](const BaseUnit& known) { return known.unit == unit; });
  std::string text;
  // A share is no milli-anything.
  if (base == kBaseUnits.end() || (unit.empty() && std::abs(value) < 1.0)) {
    text = fmt::format("{:.4g} {}", value, unit);
  } else if (value == 0.0) {
    text = "0";
  } else {
    text = std::string(value < 0.0 ? "-" : "") + with_prefix(std::abs(value) * base->factor) +
           std::string(base->base);
  }
  while (!text.empty() && text.back() == ' ') text.pop_back();
  return text;
}

std::string quantity_name(std::string_view name, std::string_view unit) {
  std::string suffix = "_";
  for (const char c : unit) {
    if (c == '/') {
      suffix += "_per_";
    } else {
      suffix += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
  }
  std::string text(name);
  if (!unit.empty() && text.size() > suffix.size() && text.ends_with(suffix))
    text.resize(text.size() - suffix.size());
  std::replace(text.begin(), text.end(), '_', ' ');
  return text;
}

}  // namespace lnsim
