// A Liberty Boolean expression: `function`, `when`, `next_state` and the like.
//
// Operators, tightest first: ' after and ! before an operand; ^; & or * or nothing between two operands; + or
// |. Operands are names, 0, 1 and expressions in parentheses. Source: Liberty User Guide, volume 1,
// "function".
#pragma once

#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace lnsim::gates {

// What is wrong with an expression, for whoever knows where it stands.
struct BooleanSyntaxError : std::invalid_argument {
  BooleanSyntaxError(const std::string& got_, const std::string& expected_)
      : std::invalid_argument("got " + got_ + ", expected " + expected_), got(got_), expected(expected_) {}
  std::string got, expected;
};

class BooleanFunction {
 public:
  // Throws BooleanSyntaxError.
  explicit BooleanFunction(std::string_view expression);

  // Every name once, in order of first use.
  const std::vector<std::string>& names() const { return names_; }

  // 64 assignments at once: bit i of the result belongs to bit i of the values; values are in order of
  // names().
  std::uint64_t evaluate(const std::vector<std::uint64_t>& values) const;

  // In Verilog: every name through `spell`.
  std::string verilog(const std::function<std::string(const std::string&)>& spell) const;

 private:
  enum class Operator : std::uint8_t { kName, kZero, kOne, kNot, kAnd, kOr, kXor };
  struct Step {
    Operator operation;
    std::uint32_t name = 0;
  };
  friend class BooleanParser;

  std::vector<std::string> names_;
  std::vector<Step> steps_;  // in postfix order
};

}  // namespace lnsim::gates
