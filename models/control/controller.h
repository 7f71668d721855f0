// Controller: issues the program's commands, in order, into the queues of the units that execute them.
//
// Latency: a command issued in cycle t can be taken from its queue in t + 1.
// Throughput: one command per cycle; a full queue holds up all later commands. PE commands go to all PEs at
// once. Parameters: ControlParameters (queue depth). Channels: out: one queue of commands each for fetch,
// write-back, load and update, and one per PE. Counters: control.command. State: the next command, and per
// queue the number issued so far.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "models/control/run_state.h"
#include "sim/base/channel.h"
#include "sim/base/unit.h"

namespace lnsim {

using CommandQueue = Channel<QueuedCommand>;

struct CommandQueues {
  CommandQueue* fetch = nullptr;
  CommandQueue* write_back = nullptr;
  CommandQueue* load = nullptr;
  CommandQueue* update = nullptr;
  std::vector<CommandQueue*> pes;
};

class Controller final : public MachineUnit {
 public:
  Controller(const sc_core::sc_module_name& name, Simulation& simulation, RunState& run,
             CommandQueues queues);

  void reset() override;
  std::string state() const override;
  void image(StateImage&) const override {}  // all of it is in the program and in the queues
  void list(SignalList& signals) const override;

  // Whether runs pause after PE and update commands are issued.
  void pause_at_commands(bool pauses) { pauses_ = pauses; }
  // The next command of the program.
  std::uint32_t next() const { return next_; }
  // Commands of each counter's queue that were issued, and that were passed over.
  std::array<std::uint32_t, kCounterCount> issued() const;
  const std::array<std::uint64_t, kCounterCount>& passed_over() const { return passed_over_; }
  // Goes on `commands` later in the program, as if the machine had executed those between.
  void pass_over(std::uint32_t commands, const std::array<std::uint64_t, kCounterCount>& per_counter);

 protected:
  void step(Cycle now) override;

 private:
  // A queue is named by the counter that completes its commands.
  static std::size_t queue_of(const Command& command) {
    return static_cast<std::size_t>(completion_of(command.operation));
  }

  bool can_issue(std::size_t queue, Cycle now);
  void issue(std::size_t queue, Cycle now);
  std::string full_queue(std::size_t queue) const;

  RunState& run_;
  std::array<std::vector<CommandQueue*>, kCounterCount> queues_;
  bool pauses_ = false;
  std::uint32_t next_ = 0;
  std::array<std::uint32_t, kCounterCount> issued_{};       // by the machine
  std::array<std::uint64_t, kCounterCount> passed_over_{};  // commands of each counter
};

}  // namespace lnsim
