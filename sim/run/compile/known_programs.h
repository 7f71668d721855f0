// Runs of programs that were met before: layers of other names, kinds and shapes often compile to the same
// tile commands (an addition moves what the gradient of a ReLU moves), and so do trials with fewer PEs.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>

#include "models/accelerator.h"
#include "models/parameters.h"
#include "sim/base/hash.h"

namespace lnsim {

// Of machines with equal parameters. Several threads may use it.
class KnownPrograms {
 public:
  explicit KnownPrograms(const AcceleratorParameters& machine) : machine_(machine) {}

  // The run of a program's shapes, on `accelerator` when it is a new one; nothing when it takes more than
  // `most` cycles.
  std::optional<RunResult> run_within(Accelerator& accelerator, const Program& program, std::uint64_t most);

 private:
  struct Known {
    std::optional<RunResult> run;
    std::uint64_t longer_than = 0;  // without a run: it was given up after so many cycles
  };

  std::optional<Known> find(const Fingerprint& key);
  void remember(const Fingerprint& key, const Known& known);

  AcceleratorParameters machine_;
  std::mutex mutex_;
  std::map<Fingerprint, Known> known_;
};

}  // namespace lnsim
