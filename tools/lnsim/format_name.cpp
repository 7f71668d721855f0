#include "tools/lnsim/format_name.h"

#include <algorithm>
#include <iterator>
#include <regex>
#include <span>
#include <string_view>
#include <vector>

#include "sim/base/errors.h"

namespace lnsim {
namespace {

// The enum value of a name, or a UserError that lists the names.
template <class Enum>
Enum choice(const char* option, const std::string& name, std::span<const std::string_view> names) {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found != names.end()) return static_cast<Enum>(std::distance(names.begin(), found));
  std::string expected = "one of";
  for (const std::string_view known : names) expected += " " + std::string(known);
  throw UserError(Diagnostic{{}, option, name, expected});
}

unsigned width(const std::string& name, const std::string& digits, unsigned lowest, unsigned highest) {
  const unsigned long value = digits.size() > 5 ? 100000UL : std::stoul(digits);
  if (value < lowest || value > highest) {
    throw UserError(
        Diagnostic{{},
                   "format",
                   name,
                   digits + " to lie in " + std::to_string(lowest) + ".." + std::to_string(highest)});
  }
  return static_cast<unsigned>(value);
}

}  // namespace

arith::FormatParameters format_by_name(const std::string& name, const std::string& zero,
                                       const std::string& underflow) {
  static const std::regex kLns("lns([0-9]+)g([0-9]+)");
  static const std::regex kInteger("int([0-9]+)");
  static const std::regex kMinifloat("e([0-9]+)m([0-9]+)");
  arith::FormatParameters format;
  format.zero = choice<arith::ZeroCode>("--zero", zero, arith::kZeroCodeNames);
  format.underflow = choice<arith::Underflow>("--underflow", underflow, arith::kUnderflowNames);

  std::smatch match;
  if (std::regex_match(name, match, kLns)) {
    format.kind = arith::FormatKind::lns;
    format.bits = width(name, match[1], 2, 16);
    format.gamma = width(name, match[2], 1, 2048);
    if ((format.gamma & (format.gamma - 1)) != 0) {
      throw UserError(Diagnostic{{}, "format", name, "gamma to be a power of two"});
    }
    if (format.zero == arith::ZeroCode::none && format.underflow == arith::Underflow::flush) {
      throw UserError(Diagnostic{{}, "--underflow", underflow, "clamp, since the format has no zero"});
    }
  } else if (std::regex_match(name, match, kInteger)) {
    format.kind = arith::FormatKind::integer;
    format.bits = width(name, match[1], 2, 16);
  } else if (std::regex_match(name, match, kMinifloat)) {
    format.kind = arith::FormatKind::minifloat;
    format.exponent_bits = width(name, match[1], 2, 8);
    format.mantissa_bits = width(name, match[2], 0, 23);
  } else {
    const std::vector<std::string> whole{"fp8_e4m3", "fp8_e5m2", "bf16", "fp16", "fp32"};
    if (std::find(whole.begin(), whole.end(), name) == whole.end()) {
      throw UserError(
          Diagnostic{{}, "format", name, "lnsBgGAMMA, intB, eXmY, fp8_e4m3, fp8_e5m2, bf16, fp16 or fp32"});
    }
    format.kind = choice<arith::FormatKind>("format", name, arith::kFormatKindNames);
  }
  return format;
}

}  // namespace lnsim
