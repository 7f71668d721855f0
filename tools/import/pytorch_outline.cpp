#include "tools/import/pytorch_outline.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "tools/import/packed_file.h"
#include "tools/import/pytorch_context.h"
#include "tools/import/pytorch_node_reader.h"

namespace lnsim::pytorch {

namespace {

constexpr std::uint32_t kMostBytes = (1U << 26U) - 1;
static_assert(kLargestPart <= kMostBytes);

}  // namespace

void Outline::add(const Node& node, TextPart text, std::uint64_t number) {
  const StepMark mark = mark_of(node.name);
  NodeOutline outline;
  outline.id = node.id;
  outline.parent_id = node.parent_id;
  outline.begin = text.begin;
  outline.number = static_cast<std::uint32_t>(number);
  outline.bytes = static_cast<std::uint32_t>(text.end - text.begin) & kMostBytes;
  outline.begins_step = mark.begins_step;
  outline.in_optimizer = mark.in_optimizer;
  outline.is_product = mark.is_product;
  outline.is_evaluation = is_evaluation(node.name);
  outline.is_function = node.scope == Scope::backward_function;
  nodes_.push_back(outline);
}

std::size_t Outline::index_of(std::int64_t id) const {
  const auto found =
      std::lower_bound(nodes_.begin(), nodes_.end(), id,
                       [](const NodeOutline& node, std::int64_t wanted) { return node.id < wanted; });
  return found == nodes_.end() || found->id != id ? kNoNode
                                                  : static_cast<std::size_t>(found - nodes_.begin());
}

std::size_t Outline::parent_of(std::size_t index) const {
  const NodeOutline& node = nodes_[index];
  return node.parent_id == node.id ? kNoNode : index_of(node.parent_id);
}

// Ids are given when a call begins: their order is that of the calls, and a parent's id is smaller.
void Outline::link(const std::filesystem::path& path, Mistakes& mistakes) {
  const auto mistake = [&](const NodeOutline& node, const char* key, std::string got, std::string expected) {
    mistakes.add(Diagnostic{
        {path.string()}, fmt::format("nodes[{}].{}", node.number, key), std::move(got), std::move(expected)});
  };
  const char* const parent_key = parent_key_of(schema_);
  std::sort(nodes_.begin(), nodes_.end(), [](const NodeOutline& a, const NodeOutline& b) {
    return a.id != b.id ? a.id < b.id : a.number < b.number;
  });
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    NodeOutline& node = nodes_[i];
    const std::size_t parent = parent_of(i);
    if (i > 0 && nodes_[i - 1].id == node.id) {
      mistake(node, "id", fmt::format("{} a second time", node.id), "an id of its own");
    } else if (node.parent_id > node.id) {
      mistake(node, parent_key, fmt::format("{}", node.parent_id),
              fmt::format("an id below {}, the node's own (a later one makes a cycle)", node.id));
    } else if (node.parent_id < node.id && parent == kNoNode) {
      mistake(node, parent_key, fmt::format("{}", node.parent_id), "the id of a node");
    } else if (parent != kNoNode && nodes_[parent].in_optimizer) {
      node.in_optimizer = true;
    }
  }
}

std::vector<StepRange> Outline::steps() const {
  std::vector<StepMark> marks;
  marks.reserve(nodes_.size());
  for (const NodeOutline& node : nodes_)
    marks.push_back({node.begins_step, node.in_optimizer, node.is_product});
  return steps_of(marks);
}

std::vector<std::size_t> Outline::nodes_around(StepRange range) const {
  std::vector<bool> is_needed(nodes_.size(), false);
  for (std::size_t i = range.first; i < range.last; ++i) {
    if (nodes_[i].in_optimizer) continue;
    for (std::size_t at = i; at != kNoNode && !is_needed[at]; at = parent_of(at)) is_needed[at] = true;
  }
  std::vector<std::size_t> needed;
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    if (!is_needed[i] && nodes_[i].is_function) {
      const std::size_t caller = parent_of(i);
      is_needed[i] = caller != kNoNode && is_needed[caller] && nodes_[caller].is_evaluation;
    }
    if (is_needed[i]) needed.push_back(i);
  }
  return needed;
}

}  // namespace lnsim::pytorch
