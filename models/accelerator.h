// The whole machine, wired: DRAM - DMA - global buffer - operand bus - PE[n] - return bus, weight-update
// units, controller.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/arith/switching.h"
#include "models/control/program.h"
#include "models/control/tile_data.h"
#include "models/events.h"
#include "models/parameters.h"

namespace lnsim {

// What a cycle of the machine was spent on. Each cycle has one cause, the first that applies.
enum class Cause : std::uint8_t {
  compute,       // at least one PE multiplies, works on vectors, or an update unit updates
  operand_read,  // else, a PE reads operands or partial sums from its own buffers into its lanes
  output,        // else, a PE waits for its outputs to be taken by the post-processing unit or the return bus
  operand_bus,   // else, operands are moving to the PEs
  dram,          // else, something waits for or moves data between DRAM and the global buffer
  write_back,    // else, results are moving to the global buffer
  control,       // else: commands are being issued, or wires and pipelines drain
  count
};
inline constexpr std::size_t kCauseCount = static_cast<std::size_t>(Cause::count);
inline constexpr std::array<std::string_view, kCauseCount> kCauseNames{
    "compute", "operand_read", "output", "operand_bus", "dram", "write_back", "control"};

struct RunResult {
  std::uint64_t cycles = 0;  // from the first issue to the last byte of the last result
  std::array<std::uint64_t, kCauseCount> cycles_by_cause{};  // adds up to cycles
  EventCounts events;
  arith::DotCounts dot_counts;       // with values only
  arith::SwitchingCounts switching;  // with values only, if asked for

  RunResult& operator+=(const RunResult& other) {
    dot_counts += other.dot_counts;
    switching += other.switching;
    add_shapes(other, 1);
    return *this;
  }
  // Adds `times` runs of shapes.
  void add_shapes(const RunResult& other, std::uint64_t times) {
    cycles += other.cycles * times;
    for (std::size_t i = 0; i < kCauseCount; ++i) cycles_by_cause[i] += other.cycles_by_cause[i] * times;
    for (std::size_t i = 0; i < kEventCount; ++i) events.counts[i] += other.events.counts[i] * times;
  }
  // What a run of shapes has added since `earlier`, a moment of the same run.
  void subtract_shapes(const RunResult& earlier) {
    cycles -= earlier.cycles;
    for (std::size_t i = 0; i < kCauseCount; ++i) cycles_by_cause[i] -= earlier.cycles_by_cause[i];
    for (std::size_t i = 0; i < kEventCount; ++i) events.counts[i] -= earlier.events.counts[i];
  }
  bool operator==(const RunResult&) const = default;
};

// How the same machine is simulated, for tests of the simulator itself. Only stalls may change a result, and
// of it only the cycles and where they went.
struct SimulationOptions {
  std::uint64_t seed = 0;
  bool shuffle = false;        // random order of construction, and of processes within each cycle
  bool exact_step = false;     // the reference: SystemC's kernel runs every unit, every beat in its own step
  unsigned stall_percent = 0;  // of the cycles in which a channel hides its front entry
  // Before a run is given up: without any event, and without any command getting done.
  std::uint64_t patience_cycles = std::uint64_t{1} << 28U;
  std::uint64_t command_patience_cycles = std::uint64_t{1} << 30U;
};

struct ActivityLog;  // models/control/activity_log.h
struct DramRequest;  // models/memory/dram_request.h
using DramRequestObserver = std::function<void(const DramRequest&)>;

// What the machine's registers hold in the cycles from .. to - 1 of a run, as a value change dump.
struct Waveform {
  std::uint64_t from = 0;
  std::uint64_t to = 0;
  std::string vcd;  // written by the run
};

// Whether to count what switches in the lanes: which takes time, none of the machine's.
enum class LaneActivity : std::uint8_t { ignored, counted };

class Accelerator {
 public:
  explicit Accelerator(const AcceleratorParameters& parameters, const SimulationOptions& options = {});
  ~Accelerator();
  Accelerator(const Accelerator&) = delete;
  Accelerator& operator=(const Accelerator&) = delete;

  // Runs one program from an idle machine to its end. `data` may be null: shapes only, same cycles and
  // events. Throws ModelError with the state of every unit when the program cannot finish.
  RunResult run(const Program& program, TileData* data, LaneActivity activity = LaneActivity::ignored);

  // The same for shapes; nothing when it takes more than `most` cycles.
  std::optional<RunResult> run_within(const Program& program, std::uint64_t most);
  // The same, and writes down what each unit does in every cycle.
  RunResult run(const Program& program, TileData* data, ActivityLog& log);
  // The same for shapes, and tells of every burst that the DMA unit asks for, in order of time.
  RunResult run(const Program& program, const DramRequestObserver& requests);
  // The same, and dumps the registers.
  RunResult run(const Program& program, TileData* data, Waveform& waveform);
  // The units of a log, as named in reports.
  const std::vector<std::string>& logged_units() const;

  // Of the last run's cycles, those that were counted without being stepped (models/fast_forward.h).
  std::uint64_t passed_over() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace lnsim
