// What the tests of all lanes share: a row's twin run beside the simulator, a mutant caught, and what that
// covered.
#pragma once

#include <functional>
#include <memory>
#include <ostream>
#include <string>

#include "tests/lockstep/lane_lockstep.h"
#include "tests/lockstep/lane_parameters.h"

namespace lnsim::lockstep {

struct LaneModel {
  std::string name;
  std::function<std::unique_ptr<LaneTwin>()> make;
};
inline std::ostream& operator<<(std::ostream& out, const LaneModel& model) {
  return out << model.name;
}

// An entry of a list of models, from the class that Verilator made of a row.
#define LNSIM_LANE_MODEL(name) LaneModel{#name, [] { return std::make_unique<LaneTwinOf<V##name>>(); }},

// Runs a row of tests/lockstep/UNIT.models for `cycles`, expects no difference and adds to the coverage.
void expect_equal(const std::string& unit, const LaneModel& model, std::uint64_t cycles);

// The same for the netlist of gates of a row, whose name is the row's with _netlist behind it.
void expect_equal_netlist(const std::string& unit, const LaneModel& netlist, std::uint64_t cycles);

// Expects that the comparison catches a mutant of `unit` within 20000 cycles.
void expect_caught(const std::string& unit, const LaneModel& mutant);

}  // namespace lnsim::lockstep
