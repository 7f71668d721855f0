// The two kinds of failure. Libraries throw; only the command line prints and exits.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace lnsim {

// Where a value stands in an input file. Lines and columns count from 1; 0 means "not known" and is not
// printed.
struct SourcePosition {
  std::string file;
  int line = 0;
  int column = 0;
};

// One mistake in an input: prints as `file:line:col: path: got X, expected Y`.
struct Diagnostic {
  SourcePosition position;
  std::string path;      // for example `pe.lanes`; empty when the whole file is meant
  std::string got;       // what stands there, as written
  std::string expected;  // what would be right, with range and unit, and a suggestion for misspelt names

  std::string message() const;
};

// The input is wrong: exit code 1. Carries every mistake found in a file, in file order; what() is one per
// line.
class UserError : public std::runtime_error {
 public:
  explicit UserError(Diagnostic diagnostic);
  explicit UserError(std::vector<Diagnostic> diagnostics);

  const std::vector<Diagnostic>& diagnostics() const { return diagnostics_; }

 private:
  std::vector<Diagnostic> diagnostics_;
};

// The simulator broke a promise of its own (deadlock, over-full buffer, sums that do not add up): exit
// code 2.
class ModelError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// The entry of `known` closest to `name` by edit distance, or empty when nothing is near: for "did you mean".
std::string nearest_name(const std::string& name, const std::vector<std::string>& known);

}  // namespace lnsim
