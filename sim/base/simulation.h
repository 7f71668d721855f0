// One simulated machine's time: who steps when, on SystemC's kernel or on a scheduler of its own.
//
// SystemC keeps a single current context and lets modules be built only before its first start. Each machine
// therefore owns a context, makes it current while its modules are built and destroyed, and gives the
// previous one back, so that any number of machines can follow one another, or live side by side, in one
// process.
//
// Units ask for edges and know nothing of who calls them. The kernel runs them as SystemC processes: it is
// the reference. The scheduler calls the same step functions in the same cycles from a calendar of edges
// (edge_queue.h), for a tenth of the cost of a process activation, touches no global state and so runs in any
// thread. Results do not depend on the engine; a test compares them.
#pragma once

#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <systemc>
#include <utility>
#include <vector>

#include "sim/base/clock.h"
#include "sim/base/edge_queue.h"

namespace lnsim {

// Deliberate disturbances for tests. Stalls change timing but must not change values; shuffling the order in
// which processes run within a cycle must change nothing at all.
struct Disturbance {
  std::uint64_t seed = 0;
  unsigned stall_percent = 0;      // of the cycles, per channel: its front entry stays hidden
  bool shuffle_processes = false;  // on the kernel only
};

enum class Engine : std::uint8_t { scheduler, kernel };

class Unit;

// Looks at the units between two cycles.
class CycleObserver {
 public:
  virtual ~CycleObserver() = default;
  // All steps of cycle `now` are done. Cycles in which no unit steps are passed over.
  virtual void after_cycle(Cycle now) = 0;
};

class Simulation {
 public:
  // How a run ended. paused: a unit asked for it.
  enum class End : std::uint8_t { idle, out_of_time, failed, paused };

  explicit Simulation(const Disturbance& disturbance = {}, Engine engine = Engine::scheduler);
  ~Simulation();
  Simulation(const Simulation&) = delete;
  Simulation& operator=(const Simulation&) = delete;

  // Makes the context current for its lifetime; modules are built, destroyed and run on the kernel inside
  // one. One thread at a time has one.
  class Scope {
   public:
    explicit Scope(Simulation& simulation);
    ~Scope();
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    std::lock_guard<std::recursive_mutex> alone_;
    sc_core::sc_simcontext* previous_;
    sc_core::sc_simcontext* previous_default_;
  };

  // Runs until no unit asks for an edge, a unit failed or asked for a pause, or the next edge is `limit`
  // cycles away from the start or more. On the kernel: needs a Scope.
  End run(Cycle limit);

  // Forgets all edges: the run is not to go on. On the kernel: needs a Scope.
  void abandon();

  Engine engine() const { return engine_; }
  // Cycles in which units have stepped.
  std::uint64_t stepped_cycles() const { return stepped_cycles_; }
  void note_step(Cycle cycle) {
    if (cycle != last_stepped_) ++stepped_cycles_;
    last_stepped_ = cycle;
  }
  Cycle now() const;

  // The run ends after this cycle (on the scheduler; the kernel runs on).
  void pause() { pause_ = true; }
  // Calls `observer` after each cycle on the scheduler; null: nobody.
  void observe(CycleObserver* observer) { observer_ = observer; }

  // The unit's number on the scheduler. Units live as long as their simulation runs.
  std::size_t add(Unit& unit);
  EdgeQueue& edges() { return edges_; }
  const EdgeQueue& edges() const { return edges_; }

  // A unit's step threw: nothing steps any more until take_failure.
  void fail(std::exception_ptr failure) {
    if (!failure_) failure_ = std::move(failure);
    edges_.clear();
  }
  bool failed() const { return failure_ != nullptr; }
  std::exception_ptr take_failure() { return std::exchange(failure_, nullptr); }

  const Disturbance& disturbance() const { return disturbance_; }
  // A number for each unit and channel, in the order of construction.
  std::uint64_t next_id() { return next_id_++; }

 private:
  End run_kernel(Cycle limit);
  End run_scheduler(Cycle limit);

  Disturbance disturbance_;
  Engine engine_;
  std::unique_ptr<sc_core::sc_simcontext> context_;
  std::vector<Unit*> units_;
  EdgeQueue edges_;
  Cycle passed_ = 0;  // the end of the last run that was out of time
  std::uint64_t stepped_cycles_ = 0;
  Cycle last_stepped_ = kNever;
  bool pause_ = false;
  CycleObserver* observer_ = nullptr;
  std::exception_ptr failure_;
  std::uint64_t next_id_ = 0;
};

// A well-mixed function of its arguments, for disturbances (SplitMix64's finaliser).
constexpr std::uint64_t mix_bits(std::uint64_t seed, std::uint64_t a, std::uint64_t b) {
  std::uint64_t x = seed ^ (a * 0x9E3779B97F4A7C15ULL) ^ (b * 0xD1B54A32D192ED03ULL);
  x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9ULL;
  x = (x ^ (x >> 27U)) * 0x94D049BB133111EBULL;
  return x ^ (x >> 31U);
}

}  // namespace lnsim
