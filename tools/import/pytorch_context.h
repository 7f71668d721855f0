// Where a node of an execution trace stands: in forward or backward, under which operator.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
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

// One per node. A node's follows from those that it was called from, and from the backward functions that
// these call themselves: no others need to be there.
std::vector<Context> contexts_of(const std::vector<Node>& nodes);

// An operator that calls a backward function, by its name.
bool is_evaluation(std::string_view name);

}  // namespace lnsim::pytorch
