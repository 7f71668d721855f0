// What the lockstep suite has covered, gathered over all its tests, printed at the end of the run and written
// as JSON into the build folder. A figure that a test requires is checked there too.
//
//   lockstep::coverage().cycles("pe", 1000);                       compared cycles of a unit
//   lockstep::coverage().combination("pe", "pe_small");            a set of parameters that was built and run
//   lockstep::coverage().count("pe", "stalled by the PPU", 12);    anything else that counts
//   lockstep::coverage().code("pe", "operand a", code, 8);         a code of 8 bits, seen at an operand
//   lockstep::coverage().require("pe", "stalled by the PPU", 1);   fails the run if the total stays below
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace lnsim::lockstep {

// Under the sanitizers or without optimisation a cycle costs several times as much: fewer of them then.
#if defined(LNSIM_SANITIZED) || !defined(__OPTIMIZE__)
inline constexpr bool kReduced = true;
#else
inline constexpr bool kReduced = false;
#endif
constexpr std::uint64_t cycles_of_run(std::uint64_t cycles) {
  return kReduced ? cycles / 20 : cycles;
}

class Coverage {
 public:
  void cycles(const std::string& unit, std::uint64_t compared) { units_[unit].cycles += compared; }
  void combination(const std::string& unit, const std::string& name) { units_[unit].names.insert(name); }
  void count(const std::string& unit, const std::string& what, std::uint64_t times) {
    units_[unit].counts[what] += times;
  }
  void code(const std::string& unit, const std::string& position, std::uint32_t code, unsigned bits);
  // The codes seen at an operand's elements, by element and code.
  void codes(const std::string& unit, const std::string& operand, const std::vector<std::vector<bool>>& seen);
  void require(const std::string& unit, const std::string& what, std::uint64_t at_least) {
    units_[unit].required[what] = at_least;
  }
  // Each position of `unit` that carries codes of `bits` bits or fewer must have seen all of them.
  void require_all_codes(const std::string& unit, unsigned bits) { units_[unit].all_codes_up_to = bits; }
  void require_total_cycles(std::uint64_t at_least) { required_cycles_ = at_least; }

  std::uint64_t total_cycles() const;
  // Sentences about required figures that were missed.
  std::vector<std::string> missed() const;
  std::string json() const;
  std::string text() const;

 private:
  struct Codes {
    unsigned bits = 0;
    std::vector<bool> seen;
    std::uint64_t distinct = 0;
  };
  struct UnitCoverage {
    std::uint64_t cycles = 0;
    std::set<std::string> names;
    std::map<std::string, std::uint64_t> counts;
    std::map<std::string, std::uint64_t> required;
    std::map<std::string, Codes> codes;
    unsigned all_codes_up_to = 0;
  };
  std::map<std::string, UnitCoverage> units_;
  std::uint64_t required_cycles_ = 0;
};

// The one of this run.
Coverage& coverage();

}  // namespace lnsim::lockstep
