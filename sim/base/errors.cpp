#include "sim/base/errors.h"

#include <fmt/format.h>

#include <algorithm>

namespace lnsim {
namespace {

std::string joined(const std::vector<Diagnostic>& diagnostics) {
  std::string text;
  for (const Diagnostic& diagnostic : diagnostics) {
    if (!text.empty()) text += '\n';
    text += diagnostic.message();
  }
  return text;
}

// Insertions, deletions, replacements and swaps of neighbours that turn one word into the other.
std::size_t edit_distance(const std::string& from, const std::string& to) {
  std::vector<std::size_t> before_last;
  std::vector<std::size_t> last(to.size() + 1);
  std::vector<std::size_t> row(to.size() + 1);
  for (std::size_t j = 0; j <= to.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= from.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= to.size(); ++j) {
      const bool same = from[i - 1] == to[j - 1];
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0U : 1U)});
      const bool swapped = i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1];
      if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
    before_last = last;
    last = row;
  }
  return last[to.size()];
}

}  // namespace

std::string Diagnostic::message() const {
  std::string text = position.file;
  if (position.line > 0) text += fmt::format("{}{}", text.empty() ? "line " : ":", position.line);
  if (position.line > 0 && position.column > 0) text += fmt::format(":{}", position.column);
  for (const std::string& part : {path, got.empty() ? "" : "got " + got}) {
    if (!text.empty() && !part.empty()) text += ": ";
    text += part;
  }
  if (expected.empty()) return text;
  if (!text.empty()) text += got.empty() ? ": " : ", ";
  return text + "expected " + expected;
}

UserError::UserError(Diagnostic diagnostic) : UserError(std::vector<Diagnostic>{std::move(diagnostic)}) {}

UserError::UserError(std::vector<Diagnostic> diagnostics)
    : std::runtime_error(joined(diagnostics)), diagnostics_(std::move(diagnostics)) {}

std::string nearest_name(const std::string& name, const std::vector<std::string>& known) {
  std::string nearest;
  // A third of the letters may be wrong; more is another word.
  std::size_t limit = std::max<std::size_t>(1, name.size() / 3);
  for (const std::string& candidate : known) {
    const std::size_t longer = std::max(candidate.size(), name.size());
    const std::size_t shorter = std::min(candidate.size(), name.size());
    if (longer - shorter > limit) continue;
    const std::size_t distance = edit_distance(name, candidate);
    if (distance > limit || distance >= shorter) continue;
    if (distance == limit && !nearest.empty()) continue;
    nearest = candidate;
    limit = distance;
  }
  return nearest;
}

}  // namespace lnsim
