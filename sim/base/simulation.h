// One simulated machine's own SystemC kernel context.
//
// SystemC keeps a single current context and lets modules be built only before its first start. Each machine
// therefore owns a context, makes it current while its modules are built, run and destroyed, and gives the
// previous one back, so that any number of machines can follow one another, or live side by side, in one
// process (not in several threads).
#pragma once

#include <cstdint>
#include <exception>
#include <memory>
#include <systemc>
#include <utility>

#include "sim/base/clock.h"

namespace lnsim {

// Deliberate disturbances for tests. Stalls change timing but must not change values; shuffling the order in
// which processes run within a cycle must change nothing at all.
struct Disturbance {
  std::uint64_t seed = 0;
  unsigned stall_percent = 0;  // of the cycles, per channel: its front entry stays hidden
  bool shuffle_processes = false;
};

class Simulation {
 public:
  // How a run of the kernel ended.
  enum class End : std::uint8_t { idle, out_of_time, failed };

  explicit Simulation(const Disturbance& disturbance = {});
  ~Simulation();
  Simulation(const Simulation&) = delete;
  Simulation& operator=(const Simulation&) = delete;

  // Makes the context current for its lifetime; modules are built and destroyed inside one.
  class Scope {
   public:
    explicit Scope(Simulation& simulation);
    ~Scope();
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    sc_core::sc_simcontext* previous_;
    sc_core::sc_simcontext* previous_default_;
  };

  // Runs until no unit asks for an edge, a unit failed, or the next edge is `limit` cycles away
  // from the start or more. Needs a Scope.
  End run(Cycle limit);

  // A unit's step threw: nothing steps any more until take_failure.
  void fail(std::exception_ptr failure) {
    if (!failure_) failure_ = std::move(failure);
  }
  bool failed() const { return failure_ != nullptr; }
  std::exception_ptr take_failure() { return std::exchange(failure_, nullptr); }

  const Disturbance& disturbance() const { return disturbance_; }
  // A number for each unit and channel, in the order of construction.
  std::uint64_t next_id() { return next_id_++; }

 private:
  Disturbance disturbance_;
  std::unique_ptr<sc_core::sc_simcontext> context_;
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
