// A netlist bound to its library: what simulation, timing and power work on.
//
// Admitted are combinational cells and flip-flops on the rising edge of one clock, which reaches every one of
// them straight from an input port. Combinational loops are not.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tools/characterise/gates/cell_kind.h"
#include "tools/characterise/gates/liberty_library.h"
#include "tools/characterise/gates/netlist.h"

namespace lnsim::gates {

struct Instance {
  std::string name;
  const CellKind* kind = nullptr;
  std::uint32_t block = 0;     // into blocks()
  std::vector<NetId> inputs;   // in order of kind->inputs
  std::vector<NetId> outputs;  // in order of kind->outputs; an unconnected output has a net of its own
};

struct Sink {
  std::uint32_t instance;
  std::uint32_t input;  // into Instance::inputs
};

class MappedDesign {
 public:
  // Keeps references to the library's cells: it must outlive the design. `file` is the netlist's, for
  // messages.
  MappedDesign(const Library& library, Netlist netlist, const std::filesystem::path& file);

  const Library& library() const { return *library_; }
  const std::string& top() const { return netlist_.top; }
  const std::vector<NetlistPort>& ports() const { return netlist_.ports; }
  const std::vector<std::string>& blocks() const { return blocks_; }
  const std::vector<std::string>& net_names() const { return netlist_.net_names; }
  std::size_t nets() const { return netlist_.net_names.size(); }
  const std::vector<Instance>& instances() const { return instances_; }
  // Instances so that each stands behind those that drive it; of flip-flops only clear and preset count as
  // driven.
  const std::vector<std::uint32_t>& order() const { return order_; }
  const std::vector<std::vector<Sink>>& sinks() const { return sinks_; }  // by NetId
  NetId clock() const { return clock_; }                                  // kConstantZero without flip-flops
  // Position in ports() of the port of that name; throws UserError naming those there are.
  std::size_t port(const std::string& name) const;

 private:
  [[noreturn]] void refuse(std::string path, std::string got, std::string expected) const;
  const CellKind* kind_of(const NetlistCell& cell);
  void bind(const NetlistCell& cell);
  void find_clock();
  void check_drivers() const;
  void sort();

  const Library* library_;
  std::string file_;
  Netlist netlist_;
  std::vector<std::string> blocks_;
  std::vector<Instance> instances_;
  std::vector<std::uint32_t> order_;
  std::vector<std::vector<Sink>> sinks_;
  NetId clock_ = kConstantZero;
  std::map<std::string, std::unique_ptr<const CellKind>> kinds_;
  std::map<std::string, std::uint32_t> block_ids_;
};

}  // namespace lnsim::gates
