#include "tests/unit/characterise/gates/stimulus.h"

#include <random>

namespace lnsim::gates {

Stimulus random_stimulus(const MappedDesign& design, std::size_t cycles,
                         const std::map<std::string, std::uint64_t>& held) {
  Stimulus stimulus;
  for (std::size_t port = 0; port < design.ports().size(); ++port) {
    const NetlistPort& candidate = design.ports()[port];
    if (candidate.input && candidate.nets.front() != design.clock()) stimulus.ports.push_back(port);
  }
  std::mt19937_64 random(7);
  for (std::size_t cycle = 0; cycle < cycles; ++cycle) {
    auto& values = stimulus.cycles.emplace_back();
    for (const std::size_t port : stimulus.ports) {
      const NetlistPort& of = design.ports()[port];
      std::vector<std::uint64_t>& words = values.emplace_back((of.nets.size() + 63) / 64);
      for (std::uint64_t& word : words) word = random();
      const auto fixed = held.find(of.name);
      if (fixed != held.end()) words = {cycle < 2 ? ~std::uint64_t{0} : fixed->second};
    }
  }
  return stimulus;
}

void run(GateSimulation& simulation, const Stimulus& stimulus) {
  for (const auto& values : stimulus.cycles) {
    for (std::size_t i = 0; i < stimulus.ports.size(); ++i)
      simulation.set_input(stimulus.ports[i], values[i]);
    simulation.run_cycle();
  }
}

}  // namespace lnsim::gates
