// The operators of a Chakra execution trace that PyTorch called.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

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

// In call order. An operator stands in the file once for each of its kernels, and each kernel as a node of
// its own: both are passed over. Throws UserError for what is no such file, naming the node.
std::vector<Operator> read_operators(const std::filesystem::path& path, std::size_t largest_bytes);

}  // namespace lnsim::chakra
