// Passes over stretches of a program that are proven to take the same course again.
//
// The machine is deterministic. When its state between two cycles equals an earlier one, the commands it has
// issued since are a period, and the program goes on with the same commands, it will take the same cycles and
// count the same events once more, for every repetition that the program holds. The state is compared word by
// word (StateImage), commands by their timing signatures and by their dependencies: each either moves on with
// its counter from period to period, or was met before both. Nothing is estimated.
//
// The machine itself does not notice: it goes on with the first command after the repetitions, from the same
// state. What it did not execute is added to the run's figures. Only for shapes: values would be missing.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "models/accelerator.h"
#include "models/machine.h"

namespace lnsim {

class FastForward {
 public:
  FastForward(Machine& machine, const Program& program, const AcceleratorParameters& parameters, Cycle start);

  // After all steps of a cycle in which a PE or update command was issued.
  void look(Cycle now);

  // What was passed over.
  const RunResult& passed() const { return passed_; }

 private:
  using Counters = std::array<std::uint64_t, kCounterCount>;

  // A moment of the run as if nothing had been passed over.
  struct Moment {
    std::uint32_t next = 0;  // command
    RunResult run;           // since the start
    Counters issued{};
    Counters reached{};
    std::vector<std::uint64_t> image;
  };

  Moment moment(Cycle now) const;
  // A hash of the commands around the next one.
  std::uint64_t surroundings() const;
  void remember(std::uint64_t key, Moment&& moment);

  // Whole periods that the program holds from `now` on, the last one having begun at `then`.
  std::uint32_t repetitions(const Moment& then, const Moment& now) const;
  bool repeats(std::uint32_t before, std::uint32_t after, const Moment& then, const Moment& now) const;
  // How far back in the program the oldest command under way lies.
  std::uint32_t reach_back(const Moment& now) const;
  void pass_over(const Moment& then, const Moment& now, std::uint32_t periods);

  Machine& machine_;
  const Program& program_;
  Cycle start_;
  std::vector<std::uint32_t> signatures_;
  std::vector<std::uint64_t> prefix_hashes_;
  std::unordered_set<std::uint64_t> met_;              // surroundings
  std::unordered_map<std::uint64_t, Moment> moments_;  // by surroundings and image; the latest
  std::deque<std::uint64_t> keys_;                     // of moments_, oldest first
  std::size_t words_ = 0;                              // of their images
  StateImage image_;                                   // of the state looked at
  std::uint32_t fruitless_ = 0;                        // states looked at since the last repetition
  std::uint64_t looked_at_of_ = 1;                     // one of so many surroundings
  RunResult passed_;
};

}  // namespace lnsim
