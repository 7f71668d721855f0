// Where a node of an execution trace stands: in which training step, in forward or backward, under which
// operator.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "tools/import/pytorch_nodes.h"

namespace lnsim::pytorch {

struct Context {
  bool optimizer = false;          // inside the optimizer's step or zero_grad
  bool backward = false;           // inside an autograd function's evaluation
  std::size_t function = kNoNode;  // the enclosing backward function
  std::int64_t sequence = -1;      // that links to the forward operator; -1: none
  std::size_t linear = kNoNode;    // the enclosing aten::linear
};

// One per node.
std::vector<Context> contexts_of(const std::vector<Node>& nodes);

// Nodes [first, last) in call order.
struct StepRange {
  std::size_t first = 0;
  std::size_t last = 0;
};

// The training steps: what `ProfilerStep#n` labels begin; without labels what an optimizer step ends; without
// either the whole file. Ranges without a matrix product or convolution are no steps.
std::vector<StepRange> steps_of(const std::vector<Node>& nodes);

// aten::mm and its like, and convolutions.
bool is_product(const Node& node);

}  // namespace lnsim::pytorch
