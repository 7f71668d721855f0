// The outline of a PyTorch execution trace: what is held of every node, 32 bytes, to find the steps and
// the mistakes in the file's structure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "sim/run/trace/trace_line.h"
#include "tools/import/pytorch_nodes.h"
#include "tools/import/pytorch_steps.h"

namespace lnsim::pytorch {

struct NodeOutline {
  std::int64_t id = 0;
  std::int64_t parent_id = 0;     // a root's is its own
  std::uint64_t begin = 0;        // of its text in the file, unpacked, in bytes
  std::uint32_t number = 0;       // in the file's list of nodes; 2^32 of them have more than 64 GiB
  std::uint32_t bytes : 26 = 0;   // of its text, at most kLargestPart
  bool begins_step : 1 = false;   // these as in StepMark
  bool in_optimizer : 1 = false;  // once linked, also of what an optimizer calls
  bool is_product : 1 = false;
  bool is_evaluation : 1 = false;  // calls a backward function
  bool is_function : 1 = false;    // is one
};
static_assert(sizeof(NodeOutline) == 32);

// The part of a file that a node's text is.
struct TextPart {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

class Outline {
 public:
  explicit Outline(std::string schema) : schema_(std::move(schema)) {}

  // `number` is the node's in the file's list of them.
  void add(const Node& node, TextPart text, std::uint64_t number);

  // To be called once, when all nodes are added: puts them into call order. Says which ids are no node's own
  // and which parents are not there or come later.
  void link(const std::filesystem::path& path, Mistakes& mistakes);

  const std::string& schema() const { return schema_; }
  const NodeOutline& operator[](std::size_t index) const { return nodes_[index]; }
  // Of a node in call order; kNoNode of a root.
  std::size_t parent_of(std::size_t index) const;
  // Ranges in call order.
  std::vector<StepRange> steps() const;
  // What is looked at to import the range, in call order: its nodes but for an optimizer's, the ones they
  // were called from, and the backward functions of these (see contexts_of).
  std::vector<std::size_t> nodes_around(StepRange range) const;

 private:
  std::size_t index_of(std::int64_t id) const;  // kNoNode when there is none

  std::string schema_;
  std::deque<NodeOutline> nodes_;  // which grows without a copy beside it
};

}  // namespace lnsim::pytorch
