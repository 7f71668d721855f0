// Small netlists written in tests.
#pragma once

#include <string>
#include <vector>

#include "tools/characterise/gates/mapped_design.h"

namespace lnsim::gates {

// Builds a netlist of named one-bit nets.
class NetlistBuilder {
 public:
  NetlistBuilder& input(const std::string& name) { return port(name, true); }
  NetlistBuilder& output(const std::string& name) { return port(name, false); }
  NetlistBuilder& cell(const std::string& name, const std::string& type,
                       const std::vector<std::pair<std::string, std::string>>& pins) {
    NetlistCell cell{name, type, block_of(name), {}};
    for (const auto& [pin, wire] : pins) cell.pins[pin] = net(wire);
    netlist_.cells.push_back(std::move(cell));
    return *this;
  }
  const Netlist& netlist() const { return netlist_; }
  MappedDesign design(const Library& library) const { return {library, netlist_, "netlist.json"}; }

  // Nets "0" and "1" are the constants.
  NetId net(const std::string& name) {
    for (NetId id = 0; id < netlist_.net_names.size(); ++id) {
      if (netlist_.net_names[id] == name) return id;
    }
    netlist_.net_names.push_back(name);
    return static_cast<NetId>(netlist_.net_names.size() - 1);
  }

 private:
  NetlistBuilder& port(const std::string& name, bool input) {
    netlist_.ports.push_back({name, input, {net(name)}});
    return *this;
  }

  Netlist netlist_{"top", {}, {}, {"0", "1"}};
};

}  // namespace lnsim::gates
