#include "tools/import/pytorch_steps.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "sim/base/errors.h"
#include "tools/import/pytorch_operators.h"

namespace lnsim::pytorch {

namespace {

constexpr std::array<std::string_view, 6> kProducts{"aten::convolution", "aten::convolution_backward",
                                                    "aten::mm",          "aten::addmm",
                                                    "aten::bmm",         "aten::baddbmm"};

std::vector<StepRange> labelled_steps(const std::vector<StepMark>& marks) {
  std::vector<StepRange> steps;
  for (std::size_t i = 0; i < marks.size(); ++i) {
    if (!marks[i].begins_step) continue;
    if (!steps.empty()) steps.back().last = i;
    steps.push_back({i, marks.size()});
  }
  return steps;
}

std::vector<StepRange> optimizer_steps(const std::vector<StepMark>& marks) {
  std::vector<StepRange> steps{{0, marks.size()}};
  for (std::size_t i = 1; i < marks.size(); ++i) {
    if (!marks[i - 1].in_optimizer || marks[i].in_optimizer) continue;
    steps.back().last = i;
    steps.push_back({i, marks.size()});
  }
  return steps;
}

}  // namespace

StepMark mark_of(std::string_view name) {
  StepMark mark;
  mark.begins_step = name.starts_with("ProfilerStep#");
  mark.in_optimizer = name.starts_with("Optimizer.step#");
  mark.is_product =
      std::find(kProducts.begin(), kProducts.end(), name) != kProducts.end() || is_fused_attention(name);
  return mark;
}

std::vector<StepRange> steps_of(const std::vector<StepMark>& marks) {
  std::vector<StepRange> steps = labelled_steps(marks);
  if (steps.empty()) steps = optimizer_steps(marks);
  std::erase_if(steps, [&](const StepRange& step) {
    const auto begin = marks.begin() + static_cast<std::ptrdiff_t>(step.first);
    const auto end = marks.begin() + static_cast<std::ptrdiff_t>(step.last);
    return std::none_of(begin, end, [](const StepMark& mark) { return mark.is_product; });
  });
  return steps;
}

StepRange step_of(const std::vector<StepRange>& steps, std::size_t wanted,
                  const std::filesystem::path& path) {
  const auto fail = [&](std::string got, std::string expected) {
    throw UserError(Diagnostic{{path.string()}, "", std::move(got), std::move(expected)});
  };
  if (steps.empty()) fail("no matrix product or convolution", "a training step");
  if (wanted >= steps.size())
    fail(fmt::format("step {}", wanted), fmt::format("a step from 0 to {}", steps.size() - 1));
  return steps[wanted];
}

}  // namespace lnsim::pytorch
