// Energy, area and timing of designs: synthesis, gate simulation on the streams, energy by block.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "models/arith/switching.h"
#include "sim/run/energy/switching_model.h"
#include "tools/characterise/gates/static_timing.h"
#include "tools/characterise/specification.h"
#include "tools/characterise/synthesise.h"

namespace lnsim::characterise {

// Mean energy of a cycle, in fJ.
struct CycleEnergy {
  double combinational_fj = 0, sequential_fj = 0, clock_fj = 0, leakage_fj = 0;

  double dynamic_fj() const { return combinational_fj + sequential_fj + clock_fj; }
  double total_fj() const { return dynamic_fj() + leakage_fj; }
  CycleEnergy times(double factor) const;
  CycleEnergy& operator+=(const CycleEnergy& o);
};

// Of a design on a stream; by_block in the order of DesignResult::blocks.
struct StreamEnergy {
  CycleEnergy total;
  std::vector<CycleEnergy> by_block;
  double standard_error_fj = 0;  // of the total, from the means of batches of cycles
};

// `idle_operands`: every slot holds a zero; `idle_cycles`: no beat, operands stand still.
enum class StreamUse : std::uint8_t { work, idle_operands, idle_cycles };
inline constexpr std::array<std::string_view, 3> kStreamUseNames{"work", "idle_operands", "idle_cycles"};

// Neighbouring cycles of a lane, with glitches.
struct Window {
  std::vector<CycleEnergy> by_block;                       // means of a cycle
  std::array<double, arith::kSwitchingCount> switching{};  // of a cycle, as arith::Switching
};

struct StreamResult {
  std::string stream;
  StreamUse use = StreamUse::work;
  StreamRole role = StreamRole::training;
  std::uint64_t cycles = 0;
  StreamEnergy delayed;      // with glitches
  StreamEnergy glitch_free;  // a net changes at most once per cycle
  std::vector<Window> windows;
};

// What fit_switching (switching_fit.h) finds of a lane.
struct SwitchingFit {
  SwitchingCoefficients products{}, accumulation{};  // the two parts of LaneEnergy

  struct Error {
    std::string stream;
    StreamRole role;
    double relative;  // (model - gate level) / gate level, of both parts together
  };
  std::vector<Error> errors;  // of every stream that does work, in order
};

struct BlockResult {
  std::string name;
  std::size_t cells = 0;
  double area_um2 = 0;
};

struct DesignResult {
  DesignParameters design;
  std::vector<BlockResult> blocks;
  std::size_t cells = 0, flip_flops = 0;
  double area_um2 = 0;
  double critical_path_ps = 0;
  double period_ps = 0;  // at which it was simulated
  std::vector<gates::PathStep> critical_path;
  std::string netlist_sha256;
  std::vector<StreamResult> streams;
  SwitchingFit switching;  // of a lane

  // Products, values or parameters of a cycle.
  unsigned operations() const;
};

struct Characterisation {
  Specification specification;
  std::vector<std::filesystem::path> liberty;
  std::vector<std::string> liberty_sha256, libraries;
  std::string node;
  double voltage = 0, temperature_c = 0;
  std::string operating_conditions;
  std::string full_adder;  // empty: the library has none
  std::string yosys_version;
  gates::TimingConditions conditions;
  std::vector<DesignResult> designs;
};

struct CharacteriseOptions {
  std::string node;  // of the library, for the conditions; Liberty does not say
  std::vector<std::filesystem::path> liberty;
  std::filesystem::path folder;  // for files in between, one folder per design
  SynthesisTools tools;
  unsigned jobs = 0;                          // designs at once; 0: one per core
  std::vector<std::string> designs, streams;  // names; empty: all
};

// The stream whose energies stand in energy tables; none for a design that stands for no datapath.
const StreamResult* table_stream(const Characterisation& characterisation, const DesignResult& design);

// `progress` hears what begins; it is called by several threads, one at a time. Results do not depend on the
// number of jobs. Throws UserError.
Characterisation characterise(const Specification& specification, const CharacteriseOptions& options,
                              const std::function<void(const std::string&)>& progress);

}  // namespace lnsim::characterise
