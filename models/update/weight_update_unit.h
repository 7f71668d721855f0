// WeightUpdateUnit: the weight-update units beside the global buffer, working in step on even shares of a
// command.
//
// Latency: parameters whose bytes were granted in cycle g (seen in g + 1) enter the pipeline in g + 1 and can
// be written latency_cycles later. Throughput: count * lanes parameters per cycle; one beat per cycle and
// direction at the global buffer, each at most half as wide as all banks together (our choice: reads and
// writes then fit side by side). One command at a time. Parameters: WeightUpdateParameters. Channels: in:
// update commands, grants of both ports; out: beats of both ports; to itself: parameters in the pipeline.
// Counters: weight_update.parameter.
// State: the command and how far each stage has got.
#pragma once

#include <cstdint>
#include <string>

#include "models/control/controller.h"
#include "models/control/run_state.h"
#include "models/memory/buffer_port.h"
#include "models/parameters.h"
#include "sim/base/unit.h"

namespace lnsim {

class WeightUpdateUnit final : public MachineUnit {
 public:
  WeightUpdateUnit(const sc_core::sc_module_name& name, Simulation& simulation,
                   const WeightUpdateParameters& parameters, RunState& run, CommandQueue& commands,
                   BufferPort read_port, BufferPort write_port, const BeatShape& shape);

  void reset() override;
  std::string state() const override;
  void image(StateImage& image) const override;
  void list(SignalList& signals) const override;

 protected:
  void step(Cycle now) override;

 private:
  bool take_command(Cycle now);
  bool take_grants(Cycle now);
  bool read_buffer(Cycle now);
  bool process(Cycle now);
  bool write_buffer(Cycle now);
  void finish(Cycle now);

  std::uint64_t rate_;  // parameters per cycle
  RunState& run_;
  Waiter waiter_;
  CommandQueue& commands_;
  BufferPort read_port_;
  BufferPort write_port_;
  BeatShape shape_;
  BusyReport busy_;
  Channel<std::uint64_t> pipeline_;  // parameters of a cycle

  const Update* update_ = nullptr;
  std::uint64_t asked_ = 0;      // bytes asked to be read
  std::uint64_t read_ = 0;       // of which read
  std::uint64_t started_ = 0;    // parameters that entered the pipeline
  std::uint64_t processed_ = 0;  // of which left it
  std::uint64_t offered_ = 0;    // bytes asked to be written
  std::uint64_t written_ = 0;    // of which written
};

}  // namespace lnsim
