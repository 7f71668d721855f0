// Signals over a window of cycles as a value change dump (IEEE 1364), which GTKWave and its like open.
//
// SystemC's own trace files start with the simulation, know no window and need its kernel; this writer
// samples whatever is listed, cycle by cycle. A cycle is 1 ns, as in SystemC: `clk` rises at its beginning
// and falls in its middle, and a register shows what it holds after the cycle's steps.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/signal_list.h"

namespace lnsim {

class VcdWriter {
 public:
  // `comment` stands at the head of the file.
  VcdWriter(const SignalList& list, std::string_view comment);

  // Cycles are sampled in ascending order; `at` is the cycle's number in the file.
  void sample(Cycle now, Cycle at);
  // Ends the last cycle.
  std::string finish();

 private:
  void declare(const std::vector<SignalList::Signal>& signals);
  void change(std::size_t signal, std::uint64_t value);

  const SignalList& list_;
  std::vector<std::uint64_t> values_;  // by signal, as last written
  bool sampled_ = false;
  Cycle last_ = 0;
  std::string text_;
};

}  // namespace lnsim
