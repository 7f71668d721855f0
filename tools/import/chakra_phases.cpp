#include "tools/import/chakra_phases.h"

#include <set>
#include <utility>

namespace lnsim::chakra {

namespace {

// Threads that run backward operators and nothing with a sequence number.
std::set<std::int64_t> backward_threads(const std::vector<OperatorOutline>& operators) {
  std::set<std::int64_t> threads;
  for (const OperatorOutline& op : operators) {
    if (op.is_backward) threads.insert(op.thread);
  }
  for (const OperatorOutline& op : operators) {
    if (op.sequence >= 0) threads.erase(op.thread);
  }
  return threads;
}

}  // namespace

bool is_backward_operator(std::string_view name) {
  return name.ends_with("_backward") || name.ends_with("_backward_data");
}

std::vector<Phase> phases_of(const std::vector<OperatorOutline>& operators) {
  const std::set<std::int64_t> threads = backward_threads(operators);
  const auto is_backward = [&](const OperatorOutline& op) {
    return op.is_backward || threads.contains(op.thread);
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
    const OperatorOutline& op = operators[i];
    if (op.sequence >= 0) begun = false;
    if (is_backward(op)) begun = true;
    if (begun) phases[i] = is_backward(op) || goes_on[i] ? Phase::backward : Phase::optimizer;
  }
  return phases;
}

std::vector<pytorch::StepRange> steps_of(const std::vector<OperatorOutline>& operators,
                                         const std::vector<Phase>& phases) {
  std::vector<pytorch::StepMark> marks;
  marks.reserve(operators.size());
  for (std::size_t i = 0; i < operators.size(); ++i) {
    pytorch::StepMark mark = operators[i].mark;
    if (phases[i] == Phase::optimizer) mark.in_optimizer = true;
    if (phases[i] == Phase::forward) mark.is_product = operators[i].runs_as_product;
    marks.push_back(mark);
  }
  return pytorch::steps_of(marks);
}

std::size_t beginning_of_passes(const std::vector<Phase>& phases, std::size_t i) {
  std::size_t beginning = 0;
  bool had_backward = false;
  for (std::size_t at = 0; at <= i; ++at) {
    if (phases[at] == Phase::forward && std::exchange(had_backward, false)) beginning = at;
    if (phases[at] == Phase::backward) had_backward = true;
  }
  return beginning;
}

}  // namespace lnsim::chakra
