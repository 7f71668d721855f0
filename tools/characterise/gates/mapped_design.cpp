#include "tools/characterise/gates/mapped_design.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sim/base/errors.h"

namespace lnsim::gates {

MappedDesign::MappedDesign(const Library& library, Netlist netlist, const std::filesystem::path& file)
    : library_(&library), file_(file.generic_string()), netlist_(std::move(netlist)) {
  for (const NetlistCell& cell : netlist_.cells) bind(cell);
  netlist_.cells = {};
  sinks_.resize(nets());
  for (std::uint32_t i = 0; i < instances_.size(); ++i) {
    for (std::uint32_t input = 0; input < instances_[i].inputs.size(); ++input)
      sinks_[instances_[i].inputs[input]].push_back({i, input});
  }
  check_drivers();
  find_clock();
  sort();
}

void MappedDesign::refuse(std::string path, std::string got, std::string expected) const {
  throw UserError(Diagnostic{{file_}, std::move(path), std::move(got), std::move(expected)});
}

const CellKind* MappedDesign::kind_of(const NetlistCell& cell) {
  std::unique_ptr<const CellKind>& kind = kinds_[cell.type];
  if (kind) return kind.get();
  const auto found = library_->cells.find(cell.type);
  if (found == library_->cells.end()) {
    std::vector<std::string> known;
    for (const auto& entry : library_->cells) known.push_back(entry.first);
    const std::string near = nearest_name(cell.type, known);
    refuse(cell.name, fmt::format("a cell {}", cell.type),
           "a cell of the library" + (near.empty() ? "" : fmt::format(": did you mean {}?", near)));
  }
  kind = std::make_unique<const CellKind>(make_cell_kind(found->second, *library_));
  return kind.get();
}

void MappedDesign::bind(const NetlistCell& cell) {
  Instance instance;
  instance.name = cell.name;
  instance.kind = kind_of(cell);
  const auto [block, added] = block_ids_.try_emplace(cell.block, static_cast<std::uint32_t>(blocks_.size()));
  if (added) blocks_.push_back(cell.block);
  instance.block = block->second;
  for (const auto& [pin, net] : cell.pins) {
    if (instance.kind->cell->find_pin(pin) == nullptr)
      refuse(cell.name, fmt::format("a pin {}", pin), fmt::format("a pin of {}", cell.type));
  }
  for (const Pin* input : instance.kind->inputs) {
    const auto found = cell.pins.find(input->name);
    if (found == cell.pins.end()) refuse(cell.name + "." + input->name, "no connection", "a connected input");
    instance.inputs.push_back(found->second);
  }
  for (const Pin* output : instance.kind->outputs) {
    const auto found = cell.pins.find(output->name);
    if (found != cell.pins.end()) {
      instance.outputs.push_back(found->second);
    } else {
      instance.outputs.push_back(static_cast<NetId>(nets()));
      netlist_.net_names.push_back(cell.name + "." + output->name);
    }
  }
  instances_.push_back(std::move(instance));
}

void MappedDesign::check_drivers() const {
  std::vector<int> drivers(nets(), 0);
  drivers[kConstantZero] = drivers[kConstantOne] = 1;
  for (const NetlistPort& port : netlist_.ports) {
    for (const NetId net : port.nets) drivers[net] += port.input ? 1 : 0;
  }
  for (const Instance& instance : instances_) {
    for (const NetId net : instance.outputs) ++drivers[net];
  }
  for (std::size_t net = 0; net < nets(); ++net) {
    if (drivers[net] > 1 || (drivers[net] == 0 && !sinks_[net].empty()))
      refuse(netlist_.net_names[net], fmt::format("{} drivers", drivers[net]), "one");
  }
}

void MappedDesign::find_clock() {
  for (const Instance& instance : instances_) {
    if (!instance.kind->flip_flop) continue;
    const NetId net = instance.inputs[instance.kind->clock];
    if (clock_ == kConstantZero) clock_ = net;
    if (net != clock_)
      refuse(instance.name, fmt::format("the clock {}", netlist_.net_names[net]),
             fmt::format("{}, which clocks the others", netlist_.net_names[clock_]));
  }
  if (clock_ == kConstantZero) return;
  const bool from_port =
      std::any_of(netlist_.ports.begin(), netlist_.ports.end(), [&](const NetlistPort& port) {
        return port.input && port.nets.size() == 1 && port.nets.front() == clock_;
      });
  if (!from_port)
    refuse(netlist_.net_names[clock_], "a clock that is made inside", "an input port of one bit");
  for (const Sink& sink : sinks_[clock_]) {
    const Instance& instance = instances_[sink.instance];
    if (!instance.kind->flip_flop || sink.input != instance.kind->clock)
      refuse(instance.name, "the clock as data", "a clock that reaches flip-flops only");
  }
}

// Kahn's algorithm; instances of equal rank in order of the netlist.
void MappedDesign::sort() {
  std::vector<std::uint32_t> missing(instances_.size(), 0);
  const auto waits_for = [&](const Sink& sink) {
    const CellKind& kind = *instances_[sink.instance].kind;
    return !kind.flip_flop || (kind.asynchronous >> sink.input & 1U) != 0;
  };
  for (const Instance& instance : instances_) {
    for (const NetId net : instance.outputs) {
      for (const Sink& sink : sinks_[net]) missing[sink.instance] += waits_for(sink) ? 1 : 0;
    }
  }
  for (std::uint32_t i = 0; i < instances_.size(); ++i) {
    if (missing[i] == 0) order_.push_back(i);
  }
  for (std::size_t at = 0; at < order_.size(); ++at) {
    for (const NetId net : instances_[order_[at]].outputs) {
      for (const Sink& sink : sinks_[net]) {
        if (waits_for(sink) && --missing[sink.instance] == 0) order_.push_back(sink.instance);
      }
    }
  }
  if (order_.size() == instances_.size()) return;
  const auto looped =
      std::find_if(missing.begin(), missing.end(), [](std::uint32_t count) { return count > 0; });
  refuse(instances_[static_cast<std::size_t>(looped - missing.begin())].name, "a combinational loop",
         "logic without loops");
}

std::size_t MappedDesign::port(const std::string& name) const {
  std::vector<std::string> known;
  for (std::size_t i = 0; i < netlist_.ports.size(); ++i) {
    if (netlist_.ports[i].name == name) return i;
    known.push_back(netlist_.ports[i].name);
  }
  refuse(netlist_.top, fmt::format("no port {}", name), fmt::format("one of {}", fmt::join(known, ", ")));
}

}  // namespace lnsim::gates
