#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "tools/import/packed_file.h"
#include "tools/import/pytorch_file.h"
#include "tools/import/pytorch_node_reader.h"

namespace lnsim::pytorch {

namespace {

using Json = nlohmann::json;

constexpr std::uint64_t kShortGap = 4096;  // is read, not passed over

// The rank of one of the sorted indices among them.
std::size_t rank_in(const std::vector<std::size_t>& indices, std::size_t index) {
  return static_cast<std::size_t>(std::lower_bound(indices.begin(), indices.end(), index) - indices.begin());
}

// Reads nodes whose places in the file are known.
class NodesReader {
 public:
  NodesReader(const std::filesystem::path& path, const Outline& outline)
      : path_(path), outline_(outline), file_(path), reader_(path.string(), outline.schema(), mistakes_) {}

  // Those of `indices` in the outline, among which are their parents, in that order.
  std::vector<Node> read(const std::vector<std::size_t>& indices) {
    std::vector<std::size_t> in_file_order(indices.size());
    std::iota(in_file_order.begin(), in_file_order.end(), std::size_t{0});
    std::sort(in_file_order.begin(), in_file_order.end(), [&](std::size_t a, std::size_t b) {
      return outline_[indices[a]].begin < outline_[indices[b]].begin;
    });
    std::vector<Node> nodes(indices.size());
    for (const std::size_t i : in_file_order) {
      nodes[i] = read(outline_[indices[i]]);
      const std::size_t parent = outline_.parent_of(indices[i]);
      if (parent != kNoNode) nodes[i].parent = rank_in(indices, parent);
    }
    return nodes;
  }

 private:
  Node read(const NodeOutline& expected) {
    auto node = reader_.read(Json::parse(text_of(expected), nullptr, false),
                             fmt::format("nodes[{}]", expected.number));
    if (!node || node->id != expected.id || node->parent_id != expected.parent_id) refuse_changed_file(path_);
    return std::move(*node);
  }

  std::string text_of(const NodeOutline& node) {
    std::uint64_t gap = node.begin - position_;
    if (gap > kShortGap) file_.skip(std::exchange(gap, 0));
    std::string text = file_.read(gap + node.bytes);
    if (text.size() < gap + node.bytes) refuse_changed_file(path_);
    position_ = node.begin + node.bytes;
    return text.substr(gap);
  }

  std::filesystem::path path_;
  const Outline& outline_;
  PackedFile file_;
  std::uint64_t position_ = 0;
  Mistakes mistakes_;
  NodeReader reader_;
};

}  // namespace

StepNodes read_step(const std::filesystem::path& path, const Outline& outline, std::size_t step) {
  const std::vector<StepRange> steps = outline.steps();
  const StepRange range = step_of(steps, step, path);
  const std::vector<std::size_t> indices = outline.nodes_around(range);
  StepNodes nodes;
  nodes.nodes = NodesReader(path, outline).read(indices);
  nodes.range = {rank_in(indices, range.first), rank_in(indices, range.last)};
  nodes.step = step;
  nodes.steps = steps.size();
  return nodes;
}

}  // namespace lnsim::pytorch
