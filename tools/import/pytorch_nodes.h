// The nodes of a PyTorch execution trace, whichever of the two layouts the file has.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tools/import/pytorch_steps.h"

namespace lnsim::pytorch {

// A tensor as an operator saw it. Storage and offset together tell tensors apart that are alive at the same
// time: storages are shared (one for query, key and value) and their numbers are used again.
struct TensorUse {
  std::int64_t storage = 0;
  std::int64_t offset = 0;
  std::vector<std::int64_t> shape;
  bool integral = false;  // integers or booleans: an index, a mask or a counter

  bool same_place(const TensorUse& other) const { return storage == other.storage && offset == other.offset; }
};

// What the profiler calls the kind of a node.
enum class Scope : std::int64_t { operation = 0, backward_function = 1, label = 7 };

// A larger extent is refused.
inline constexpr std::int64_t kLargestExtent = std::int64_t{1} << 31;

inline constexpr std::size_t kNoNode = std::numeric_limits<std::size_t>::max();

class Node {
 public:
  std::int64_t id = 0;
  std::int64_t parent_id = 0;    // a root's is its own
  std::size_t parent = kNoNode;  // index among the nodes that are held
  std::string name;
  Scope scope = Scope::operation;
  std::int64_t sequence = -1;  // links a backward function to its forward operator; -1: none

  // Arguments by position. A tensor argument that is absent, or is something else, gives nothing.
  std::optional<TensorUse> input(std::size_t position) const;
  std::optional<TensorUse> output(std::size_t position) const;
  // Throw UserError naming the place when the argument is not of that kind.
  std::vector<std::int64_t> integers(std::size_t position) const;
  std::int64_t integer(std::size_t position) const;
  bool boolean(std::size_t position) const;
  std::vector<bool> booleans(std::size_t position) const;
  TensorUse input_tensor(std::size_t position) const;
  TensorUse output_tensor(std::size_t position) const;

  bool has_prefix(std::string_view prefix) const { return std::string_view(name).starts_with(prefix); }

 private:
  friend class NodeReader;
  struct Argument {
    std::optional<TensorUse> tensor;
    // Of another argument: a number, a truth value, a list of them, or a text that quotes anything else.
    nlohmann::json value;
  };
  using Arguments = std::vector<Argument>;
  const nlohmann::json& value(std::size_t position, std::string_view expected,
                              bool (*right)(const nlohmann::json&)) const;
  [[noreturn]] void fail(std::string_view part, std::size_t position, std::string got,
                         std::string expected) const;

  Arguments inputs_, outputs_;
  std::shared_ptr<const std::string> file_;
  std::string place_;  // for messages: `nodes[12]`
};

// What is held of a file for one of its steps: the step's nodes, and those around it that say where these
// stand.
struct StepNodes {
  std::vector<Node> nodes;  // in call order; a parent stands before its children
  StepRange range;          // the step's among them
  std::size_t step = 0;     // its number in the file
  std::size_t steps = 0;    // of the file
};

}  // namespace lnsim::pytorch
