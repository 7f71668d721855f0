// Expressions over parameters and metrics: constraints and objectives of sweeps.
//
// The language is SQL's expressions: + - * / %, comparisons, AND OR NOT, IN (...), BETWEEN a AND b, CASE, IS
// NULL, text in '...', and SQLite's functions of values (abs, min, max, round, sqrt, log2, pow, ...). Names
// are those of parameters and metrics, with their dots: formats.weight.bits. Numbers are real, so that 7 / 2
// is 3.5; << and >> shift whole numbers. What is not known (NULL) makes comparisons unknown, which is not
// true.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sim/run/sweep/sqlite.h"

namespace lnsim {

class Expression {
 public:
  // Throws std::invalid_argument, saying what is wrong, for what is no expression over the names of `known`.
  Expression(const std::string& text, const std::vector<std::string>& known);

  // Those that occur, each once.
  const std::vector<std::string>& names() const { return names_; }
  // `values` are those of names(). Not for several threads at once.
  SweepValue of(std::span<const SweepValue> values);

 private:
  std::vector<std::string> names_;
  sqlite::Database database_;
  std::optional<sqlite::Statement> statement_;
};

}  // namespace lnsim
