#include "tools/characterise/gates/boolean_function.h"

#include <algorithm>
#include <cctype>

namespace lnsim::gates {

// Recursive descent, one function per level of precedence.
class BooleanParser {
 public:
  BooleanParser(std::string_view text, BooleanFunction& result) : text_(text), result_(result) {}

  void parse() {
    parse_or();
    if (peek() != '\0') fail("an operator");
  }

 private:
  using Operator = BooleanFunction::Operator;
  static constexpr int kDeepest = 200;  // of parentheses and negations, so that no text exhausts the stack

  char peek() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_]))) ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }

  static bool in_name(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '[' || c == ']' || c == '.';
  }

  bool starts_operand() {
    const char c = peek();
    return c == '(' || c == '!' || in_name(c);
  }

  void push(Operator operation) { result_.steps_.push_back({operation}); }

  void parse_or() {
    parse_and();
    while (peek() == '+' || peek() == '|') {
      ++at_;
      parse_and();
      push(Operator::kOr);
    }
  }

  void parse_and() {
    parse_xor();
    while (peek() == '&' || peek() == '*' || starts_operand()) {
      if (!starts_operand() || peek() == '&' || peek() == '*') ++at_;
      parse_xor();
      push(Operator::kAnd);
    }
  }

  void parse_xor() {
    parse_operand();
    while (peek() == '^') {
      ++at_;
      parse_operand();
      push(Operator::kXor);
    }
  }

  void parse_operand() {
    if (++depth_ > kDeepest) fail("fewer parentheses and negations");
    if (peek() == '!') {
      ++at_;
      parse_operand();
      push(Operator::kNot);
    } else if (peek() == '(') {
      ++at_;
      parse_or();
      if (peek() != ')') fail("`)`");
      ++at_;
    } else {
      parse_name();
    }
    while (peek() == '\'') {
      ++at_;
      push(Operator::kNot);
    }
    --depth_;
  }

  void parse_name() {
    if (!in_name(peek())) fail("a name, 0, 1, `!` or `(`");
    const std::size_t start = at_;
    while (at_ < text_.size() && in_name(text_[at_])) ++at_;
    const std::string name(text_.substr(start, at_ - start));
    if (name == "0" || name == "1") {
      push(name == "0" ? Operator::kZero : Operator::kOne);
      return;
    }
    const auto known = std::find(result_.names_.begin(), result_.names_.end(), name);
    result_.steps_.push_back({Operator::kName, static_cast<std::uint32_t>(known - result_.names_.begin())});
    if (known == result_.names_.end()) result_.names_.push_back(name);
  }

  [[noreturn]] void fail(const std::string& expected) {
    const std::string got = peek() == '\0' ? "the end" : "`" + std::string(text_.substr(at_)) + "`";
    throw BooleanSyntaxError(got, expected);
  }

  std::string_view text_;
  BooleanFunction& result_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

BooleanFunction::BooleanFunction(std::string_view expression) {
  BooleanParser(expression, *this).parse();
}

std::uint64_t BooleanFunction::evaluate(const std::vector<std::uint64_t>& values) const {
  std::vector<std::uint64_t> stack;
  const auto pop = [&] {
    const std::uint64_t top = stack.back();
    stack.pop_back();
    return top;
  };
  for (const Step& step : steps_) {
    switch (step.operation) {
      case Operator::kName:
        stack.push_back(values[step.name]);
        break;
      case Operator::kZero:
        stack.push_back(0);
        break;
      case Operator::kOne:
        stack.push_back(~std::uint64_t{0});
        break;
      case Operator::kNot:
        stack.back() = ~stack.back();
        break;
      case Operator::kAnd: {
        const std::uint64_t right = pop();
        stack.back() &= right;
        break;
      }
      case Operator::kOr: {
        const std::uint64_t right = pop();
        stack.back() |= right;
        break;
      }
      case Operator::kXor: {
        const std::uint64_t right = pop();
        stack.back() ^= right;
        break;
      }
    }
  }
  return stack.back();
}

std::string BooleanFunction::verilog(const std::function<std::string(const std::string&)>& spell) const {
  std::vector<std::string> stack;
  const auto join = [&](const char* operation) {
    const std::string right = std::move(stack.back());
    stack.pop_back();
    stack.back() = "(" + stack.back() + operation + right + ")";
  };
  for (const Step& step : steps_) {
    switch (step.operation) {
      case Operator::kName:
        stack.push_back(spell(names_[step.name]));
        break;
      case Operator::kZero:
        stack.emplace_back("1'b0");
        break;
      case Operator::kOne:
        stack.emplace_back("1'b1");
        break;
      case Operator::kNot:
        stack.back() = "(~" + stack.back() + ")";
        break;
      case Operator::kAnd:
        join(" & ");
        break;
      case Operator::kOr:
        join(" | ");
        break;
      case Operator::kXor:
        join(" ^ ");
        break;
    }
  }
  return stack.back();
}

}  // namespace lnsim::gates
