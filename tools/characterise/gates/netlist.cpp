#include "tools/characterise/gates/netlist.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "sim/base/errors.h"

namespace lnsim::gates {
namespace {

using nlohmann::json;

class Reader {
 public:
  explicit Reader(const std::filesystem::path& file) : path_(file.generic_string()) {}

  Netlist read() {
    const json file = parse();
    if (!file.contains("modules")) refuse("", "no modules", "a netlist by Yosys' write_json");
    const auto& [name, module] = find_top(file.at("modules"));
    netlist_.top = name;
    netlist_.net_names = {"1'b0", "1'b1"};
    for (const auto& [port, value] : module.at("ports").items()) {
      const std::string direction = value.at("direction");
      if (direction == "inout") refuse(port, "an inout port", "inputs and outputs");
      netlist_.ports.push_back({port, direction == "input", nets(value.at("bits"))});
    }
    for (const auto& [cell, value] : module.at("cells").items()) {
      NetlistCell& added =
          netlist_.cells.emplace_back(NetlistCell{cell, value.at("type"), block_of(cell), {}});
      for (const auto& [pin, bits] : value.at("connections").items()) {
        if (bits.size() > 1)
          refuse(cell + "." + pin, fmt::format("{} bits", bits.size()), "a pin of one bit");
        if (!bits.empty()) added.pins[pin] = net(bits.front());
      }
    }
    name_nets(module.at("netnames"));
    return std::move(netlist_);
  }

 private:
  [[noreturn]] void refuse(std::string path, std::string got, std::string expected) const {
    throw UserError(Diagnostic{{path_}, std::move(path), std::move(got), std::move(expected)});
  }

  json parse() const {
    std::ifstream stream(path_);
    if (!stream) refuse("", "no file that can be read", "a netlist by Yosys' write_json");
    try {
      return json::parse(stream);
    } catch (const json::exception& error) {
      refuse("", error.what(), "a netlist by Yosys' write_json");
    }
  }

  std::pair<std::string, const json&> find_top(const json& modules) const {
    std::vector<std::string> own;
    for (const auto& [name, module] : modules.items()) {
      const json& attributes = module.at("attributes");
      if (attributes.contains("top")) return {name, module};
      if (!attributes.contains("blackbox") && !attributes.contains("whitebox")) own.push_back(name);
    }
    if (own.size() != 1)
      refuse("modules", fmt::format("{} modules without a top one", own.size()), "a top module");
    return {own.front(), modules.at(own.front())};
  }

  NetId net(const json& bit) {
    if (bit.is_string()) return bit == "1" ? kConstantOne : kConstantZero;
    const auto [at, added] =
        ids_.try_emplace(bit.get<std::uint64_t>(), static_cast<NetId>(netlist_.net_names.size()));
    if (added) netlist_.net_names.emplace_back();
    return at->second;
  }

  std::vector<NetId> nets(const json& bits) {
    std::vector<NetId> result;
    for (const json& bit : bits) result.push_back(net(bit));
    return result;
  }

  // Of a net's names the one a person wrote, then the shortest, then the first.
  void name_nets(const json& names) {
    std::vector<bool> hidden(netlist_.net_names.size(), true);
    for (const auto& [name, value] : names.items()) {
      const json& bits = value.at("bits");
      const bool hide = value.at("hide_name") != 0;
      for (std::size_t i = 0; i < bits.size(); ++i) {
        const auto found = bits[i].is_string() ? ids_.end() : ids_.find(bits[i].get<std::uint64_t>());
        if (found == ids_.end()) continue;
        const std::string full = bits.size() == 1 ? name : fmt::format("{}[{}]", name, i);
        std::string& known = netlist_.net_names[found->second];
        const bool better = known.empty() || hide < hidden[found->second] ||
                            (hide == hidden[found->second] && full.size() < known.size());
        if (!better) continue;
        known = full;
        hidden[found->second] = hide;
      }
    }
  }

  std::string path_;
  Netlist netlist_;
  std::unordered_map<std::uint64_t, NetId> ids_;
};

}  // namespace

Netlist read_netlist(const std::filesystem::path& file) {
  try {
    return Reader(file).read();
  } catch (const nlohmann::json::exception& error) {
    throw UserError(Diagnostic{{file.generic_string()}, "", error.what(), "a netlist by Yosys' write_json"});
  }
}

std::string block_of(const std::string& cell_name) {
  static const std::string kFlatten = "$flatten";
  std::string path = cell_name;
  for (std::size_t at = path.find(kFlatten); at != std::string::npos; at = path.find(kFlatten)) {
    path.erase(at, kFlatten.size());
  }
  const std::size_t own_name = path.find('$');
  const std::size_t last_dot = path.rfind('.', own_name);
  path.resize(last_dot == std::string::npos ? 0 : last_dot);
  path.erase(std::remove(path.begin(), path.end(), '\\'), path.end());
  return path;
}

}  // namespace lnsim::gates
