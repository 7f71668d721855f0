// The operators of a Chakra execution trace that PyTorch called. The file is read twice: first for the
// outline of all operators, which says what step each belongs to, then for the operators of one step with
// their arguments.
//
// A file of any size, plain or gzip, can be read: of every operator some 90 bytes are held, of a step's the
// arguments.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tools/import/pytorch_steps.h"

namespace lnsim::chakra {

struct Arguments {
  nlohmann::json values = nlohmann::json::array();
  nlohmann::json shapes = nlohmann::json::array();
  nlohmann::json types = nlohmann::json::array();
};

struct Operator {
  std::uint64_t id = 0;
  std::string name;            // without the count of its kernels
  std::int64_t order = 0;      // of the call
  std::int64_t sequence = -1;  // of a forward operator whose gradient is wanted; -1: none
  std::int64_t thread = 0;
  std::uint64_t parent = 0;  // the node it was called from, which may not be in the file
  Arguments inputs, outputs;
};

struct OperatorOutline {
  std::uint64_t message = 0;  // of the file
  std::int64_t order = 0;     // as in Operator
  std::int64_t sequence = -1;
  std::int64_t thread = 0;
  pytorch::StepMark mark;            // by its name
  bool is_backward : 1 = false;      // only a backward pass calls it
  bool runs_as_product : 1 = false;  // forward, by its arguments
  bool operator==(const OperatorOutline&) const = default;
};

// In call order. An operator stands in the file once for each of its kernels, and each kernel as a node of
// its own: both are passed over. Throws UserError for a file that can be read only once, for what is no such
// file, naming the node, and with every mistake in the operators' arguments.
std::vector<OperatorOutline> read_outline(const std::filesystem::path& path, std::size_t largest_bytes);

// The operators of a part of the outline, in its order. Throws UserError when the file is another one than
// the outline is of.
std::vector<Operator> read_operators(const std::filesystem::path& path, std::size_t largest_bytes,
                                     std::span<const OperatorOutline> wanted);

// For messages.
std::string place_of(const Operator& op);

// A node of PyTorch's own trace, in the layout of schema 1.0.1.
nlohmann::json flat_node(std::string_view name, std::int64_t id, std::int64_t parent, int scope,
                         std::int64_t sequence, Arguments inputs, Arguments outputs);

}  // namespace lnsim::chakra
