#include <fmt/format.h>

#include <algorithm>
#include <istream>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "tools/import/packed_file.h"
#include "tools/import/packed_text.h"
#include "tools/import/pytorch_file.h"
#include "tools/import/pytorch_node_reader.h"

namespace lnsim::pytorch {

namespace {

using Json = nlohmann::json;

// Reads nodes at places in the file that are known.
class NodesReader {
 public:
  NodesReader(const std::filesystem::path& path, std::size_t largest_bytes, const Outline& outline)
      : path_(path),
        outline_(outline),
        text_(path, largest_bytes),
        stream_(&text_),
        reader_(path.string(), outline.schema(), mistakes_) {}

  // Those of `indices` in the outline, in that order.
  std::vector<Node> read(const std::vector<std::size_t>& indices) {
    std::vector<std::size_t> in_file_order(indices.size());
    for (std::size_t i = 0; i < indices.size(); ++i) in_file_order[i] = i;
    std::sort(in_file_order.begin(), in_file_order.end(), [&](std::size_t a, std::size_t b) {
      return outline_[indices[a]].begin < outline_[indices[b]].begin;
    });
    std::vector<Node> nodes(indices.size());
    for (const std::size_t i : in_file_order) {
      nodes[i] = read(outline_[indices[i]]);
      const std::size_t parent = outline_.parent_of(indices[i]);
      if (parent != kNoNode) nodes[i].parent = position_of(parent, indices);
    }
    return nodes;
  }

 private:
  static std::size_t position_of(std::size_t parent, const std::vector<std::size_t>& indices) {
    const auto found = std::lower_bound(indices.begin(), indices.end(), parent);
    return found != indices.end() && *found == parent ? static_cast<std::size_t>(found - indices.begin())
                                                      : kNoNode;
  }

  Node read(const NodeOutline& expected) {
    if (!text_.pass_to(expected.begin)) refuse_changed_file(path_);
    auto node = reader_.read(parse(), fmt::format("nodes[{}]", expected.number));
    if (!node || node->id != expected.id || node->parent_id != expected.parent_id) refuse_changed_file(path_);
    return std::move(*node);
  }

  Json parse() {
    try {
      Json node;
      stream_ >> node;  // no further than to the end of the value
      return node;
    } catch (const Json::exception&) {
      refuse_changed_file(path_);
    }
  }

  std::filesystem::path path_;
  const Outline& outline_;
  PackedText text_;
  std::istream stream_;
  Mistakes mistakes_;
  NodeReader reader_;
};

}  // namespace

StepNodes read_step(const std::filesystem::path& path, std::size_t largest_bytes, const Outline& outline,
                    std::size_t step) {
  const std::vector<StepRange> steps = outline.steps();
  const StepRange range = step_of(steps, step, path);
  const std::vector<std::size_t> indices = outline.nodes_around(range);
  StepNodes nodes;
  nodes.nodes = NodesReader(path, largest_bytes, outline).read(indices);
  // The step's nodes follow on each other: between two calls of it are none of others.
  const auto first = std::lower_bound(indices.begin(), indices.end(), range.first);
  nodes.range.first = static_cast<std::size_t>(first - indices.begin());
  nodes.range.last = nodes.range.first + (range.last - range.first);
  nodes.step = step;
  nodes.steps = steps.size();
  return nodes;
}

}  // namespace lnsim::pytorch
