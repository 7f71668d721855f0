#include "tools/import/chakra_phases.h"

#include <set>

namespace lnsim::chakra {

namespace {

// Threads that run backward operators and nothing with a sequence number.
std::set<std::int64_t> backward_threads(const std::vector<Operator>& operators) {
  std::set<std::int64_t> threads;
  for (const Operator& op : operators) {
    if (is_backward_operator(op.name)) threads.insert(op.thread);
  }
  for (const Operator& op : operators) {
    if (op.sequence >= 0) threads.erase(op.thread);
  }
  return threads;
}

}  // namespace

bool is_backward_operator(std::string_view name) {
  return name.ends_with("_backward") || name.ends_with("_backward_data");
}

std::vector<Phase> phases_of(const std::vector<Operator>& operators) {
  const std::set<std::int64_t> threads = backward_threads(operators);
  const auto is_backward = [&](const Operator& op) {
    return is_backward_operator(op.name) || threads.contains(op.thread);
  };
  // Whether backward goes on behind an operator.
  std::vector<bool> goes_on(operators.size(), false);
  bool ahead = false;
  for (std::size_t i = operators.size(); i-- > 0;) {
    if (operators[i].sequence >= 0) ahead = false;
    goes_on[i] = ahead;
    if (is_backward(operators[i])) ahead = true;
  }
  std::vector<Phase> phases(operators.size(), Phase::forward);
  bool begun = false;
  for (std::size_t i = 0; i < operators.size(); ++i) {
    const Operator& op = operators[i];
    if (op.sequence >= 0) begun = false;
    if (is_backward(op)) begun = true;
    if (begun) phases[i] = is_backward(op) || goes_on[i] ? Phase::backward : Phase::optimizer;
  }
  return phases;
}

}  // namespace lnsim::chakra
