#include "models/control/controller.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "models/control/describe_command.h"

namespace lnsim {

Controller::Controller(const sc_core::sc_module_name& name, Simulation& simulation, RunState& run,
                       CommandQueues queues)
    : MachineUnit(name, simulation),
      run_(run),
      queues_{{queues.fetch}, {queues.write_back}, {queues.load}, std::move(queues.pes), {queues.update}} {}

void Controller::reset() {
  next_ = 0;
  issued_.fill(0);
  passed_over_.fill(0);
}

std::array<std::uint32_t, kCounterCount> Controller::issued() const {
  // In the order of Counter.
  return {issued_[kFetch], issued_[kWriteBack], issued_[kLoad], issued_[kPe], issued_[kPe], issued_[kUpdate]};
}

void Controller::pass_over(std::uint32_t commands,
                           const std::array<std::uint64_t, kCounterCount>& per_counter) {
  next_ += commands;
  for (std::size_t i = 0; i < kCounterCount; ++i) passed_over_[i] += per_counter[i];
  ++run_.stretch;
}

Controller::Queue Controller::queue_of(Operation operation) {
  switch (operation) {
    case Operation::fetch:
      return kFetch;
    case Operation::write_back:
      return kWriteBack;
    case Operation::load:
      return kLoad;
    case Operation::update:
      return kUpdate;
    case Operation::compute:
    case Operation::vector_work:
      break;
  }
  return kPe;
}

void Controller::step(Cycle now) {
  if (next_ == run_.program->commands.size()) return;
  const Queue queue = queue_of(run_.program->commands[next_].operation);
  if (!can_issue(queue, now)) return;
  issue(queue, now);
  if (next_ < run_.program->commands.size()) request_edge(now + 1);
}

bool Controller::can_issue(Queue queue, Cycle now) {
  for (CommandQueue* channel : queues_[queue]) {
    if (!channel->can_push(now)) return false;
  }
  return true;
}

void Controller::issue(Queue queue, Cycle now) {
  QueuedCommand queued{next_, issued_[queue], run_.stretch, run_.program->commands[next_].after};
  for (std::size_t i = 0; i < kCounterCount; ++i) {
    std::uint32_t& wanted = queued.after.at_least[i];
    wanted -= static_cast<std::uint32_t>(std::min<std::uint64_t>(wanted, passed_over_[i]));
  }
  for (CommandQueue* channel : queues_[queue]) channel->push(now, queued);
  ++issued_[queue];
  if (queue == kPe) ++run_.pe_commands_issued;
  ++next_;
  if (pauses_ && (queue == kPe || queue == kUpdate)) pause();
  ++run_.events[Event::control_command];
}

std::string Controller::state() const {
  if (run_.program == nullptr || next_ == run_.program->commands.size()) return {};
  const Queue queue = queue_of(run_.program->commands[next_].operation);
  return fmt::format("issued {} of {} commands; the next is {}", next_, run_.program->commands.size(),
                     describe_command(*run_.program, {next_, issued_[queue], 0, {}})) +
         full_queue(queue);
}

// Who holds up the next command.
std::string Controller::full_queue(Queue queue) const {
  for (std::size_t i = 0; i < queues_[queue].size(); ++i) {
    const CommandQueue& channel = *queues_[queue][i];
    if (channel.size() < channel.capacity()) continue;
    const std::string of = queue == kPe ? fmt::format("of pe_{}", i) : "of its unit";
    return fmt::format(", and the queue {} is full ({} commands)", of, channel.size());
  }
  return {};
}

}  // namespace lnsim
