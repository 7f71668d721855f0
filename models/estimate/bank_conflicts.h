// How much longer the clients of the global buffer take because they meet in its banks.
//
// A mean-field model: over the n cycles of a program, client j is served in beats_j of them, independently of
// the others. Streams of consecutive addresses that fit beside each other keep apart once they have met: one
// is held up only in cycles in which the others that are served leave it too few banks. The return bus is no
// such stream, as the PEs take turns: a beat of its meets another client's with probability
// q = min(1, (banks_i + banks_j - 1) / banks), beats lying anywhere. Of two that meet, one waits a cycle,
// either as often; who waits may meet the other's next beat again, so that a beat of one costs the other x =
// q/2 + q/2 x cycles: x = q / (2 - q).
#pragma once

#include <array>
#include <cstdint>

#include "models/control/program.h"
#include "models/memory/global_buffer.h"
#include "models/parameters.h"

namespace lnsim {

// The factor by which each client's beats take longer; at least 1.
using Slowdowns = std::array<double, kBufferClients>;

inline Cycle slowed(Cycle cycles, const Slowdowns& slowdowns, BufferClient client) {
  return static_cast<Cycle>(static_cast<double>(cycles) * slowdowns[static_cast<std::size_t>(client)] + 0.5);
}

class BankConflicts {
 public:
  BankConflicts(const Program& program, const AcceleratorParameters& machine);

  // When the program takes `cycles` cycles.
  Slowdowns within(double cycles) const;

 private:
  using Shares = std::array<double, kBufferClients>;  // of the cycles, in which each client is served

  void add(BufferClient client, std::uint64_t bytes, std::uint64_t width, std::uint64_t times);
  void add_output(const Program& program, const Compute& compute);
  double met(std::size_t i, std::size_t j) const;
  double crowded_out(std::size_t i, const Shares& served) const;

  const AcceleratorParameters& machine_;
  std::array<std::uint64_t, kBufferClients> beats_{}, bytes_{};
  std::array<double, kBufferClients> banks_{};  // of a beat, on average
};

}  // namespace lnsim
