// A netlist of library cells, as Yosys' write_json gives it after `flatten`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace lnsim::gates {

using NetId = std::uint32_t;
inline constexpr NetId kConstantZero = 0;
inline constexpr NetId kConstantOne = 1;  // nets proper start at 2

struct NetlistPort {
  std::string name;
  bool input = false;
  std::vector<NetId> nets;  // bit 0 first
};

struct NetlistCell {
  std::string name;  // as Yosys writes it
  std::string type;  // of the library
  std::string
      block;  // hierarchical path of the instance it was flattened from, dots between; empty at the top
  std::map<std::string, NetId> pins;  // connected ones
};

struct Netlist {
  std::string top;
  std::vector<NetlistPort> ports;
  std::vector<NetlistCell> cells;
  std::vector<std::string>
      net_names;  // by NetId; a name a person wrote where there is one, with [bit] in vectors
};

// Reads the module with the attribute `top`, or the only module that is no black box. An undriven (x, z) bit
// counts as constant 0. Throws UserError for what is no such file.
Netlist read_netlist(const std::filesystem::path& file);

// `$flatten\dot.\tree.$abc$4420$auto$...` -> `dot.tree`.
std::string block_of(const std::string& cell_name);

}  // namespace lnsim::gates
