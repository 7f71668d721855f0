// The training steps of a trace, told by what its operators are called.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string_view>
#include <vector>

namespace lnsim::pytorch {

// What a node of a trace, or an operator, is to the steps.
struct StepMark {
  bool begins_step : 1 = false;   // a label `ProfilerStep#n`
  bool in_optimizer : 1 = false;  // an optimizer's step, or called from one
  bool is_product : 1 = false;    // aten::mm and its like, and convolutions
  bool operator==(const StepMark&) const = default;
};

// By the name alone.
StepMark mark_of(std::string_view name);

// Marks [first, last).
struct StepRange {
  std::size_t first = 0;
  std::size_t last = 0;
};

// The training steps of marks in call order: what labels begin; without labels what an optimizer step ends;
// without either everything. Ranges without a product are no steps.
std::vector<StepRange> steps_of(const std::vector<StepMark>& marks);

// Step `wanted` of a file's. Throws UserError when it has no step or none of that number.
StepRange step_of(const std::vector<StepRange>& steps, std::size_t wanted, const std::filesystem::path& path);

}  // namespace lnsim::pytorch
