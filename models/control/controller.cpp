#include "models/control/controller.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "models/control/describe_command.h"

namespace lnsim {
namespace {

constexpr auto kPeQueue = static_cast<std::size_t>(Counter::produced);
constexpr auto kUpdateQueue = static_cast<std::size_t>(Counter::updated);

}  // namespace

Controller::Controller(const sc_core::sc_module_name& name, Simulation& simulation, RunState& run,
                       CommandQueues queues)
    : MachineUnit(name, simulation),
      run_(run),
      queues_{
          {{queues.fetch}, {queues.write_back}, {queues.load}, {}, std::move(queues.pes), {queues.update}}} {}

void Controller::reset() {
  next_ = 0;
  issued_.fill(0);
  passed_over_.fill(0);
}

std::array<std::uint32_t, kCounterCount> Controller::issued() const {
  std::array<std::uint32_t, kCounterCount> issued = issued_;
  issued[static_cast<std::size_t>(Counter::consumed)] = issued[kPeQueue];
  return issued;
}

void Controller::pass_over(std::uint32_t commands,
                           const std::array<std::uint64_t, kCounterCount>& per_counter) {
  next_ += commands;
  for (std::size_t i = 0; i < kCounterCount; ++i) passed_over_[i] += per_counter[i];
  ++run_.stretch;
}

void Controller::step(Cycle now) {
  if (next_ == run_.program->commands.size()) return;
  const std::size_t queue = queue_of(run_.program->commands[next_]);
  if (!can_issue(queue, now)) return;
  issue(queue, now);
  if (next_ < run_.program->commands.size()) request_edge(now + 1);
}

bool Controller::can_issue(std::size_t queue, Cycle now) {
  for (CommandQueue* channel : queues_[queue]) {
    if (!channel->can_push(now)) return false;
  }
  return true;
}

void Controller::issue(std::size_t queue, Cycle now) {
  QueuedCommand queued{next_, issued_[queue], run_.stretch, run_.program->commands[next_].after};
  for (std::size_t i = 0; i < kCounterCount; ++i) {
    std::uint32_t& wanted = queued.after.at_least[i];
    wanted -= static_cast<std::uint32_t>(std::min<std::uint64_t>(wanted, passed_over_[i]));
  }
  for (CommandQueue* channel : queues_[queue]) channel->push(now, queued);
  ++issued_[queue];
  if (queue == kPeQueue) ++run_.pe_commands_issued;
  ++next_;
  if (pauses_ && (queue == kPeQueue || queue == kUpdateQueue)) pause();
  ++run_.events[Event::control_command];
}

void Controller::list(SignalList& signals) const {
  signals.add("pc", next_);
}

std::string Controller::state() const {
  if (run_.program == nullptr || next_ == run_.program->commands.size()) return {};
  const std::size_t queue = queue_of(run_.program->commands[next_]);
  return fmt::format("issued {} of {} commands; the next is {}", next_, run_.program->commands.size(),
                     describe_command(*run_.program, {next_, issued_[queue], 0, {}})) +
         full_queue(queue);
}

// Who holds up the next command.
std::string Controller::full_queue(std::size_t queue) const {
  for (std::size_t i = 0; i < queues_[queue].size(); ++i) {
    const CommandQueue& channel = *queues_[queue][i];
    if (channel.size() < channel.capacity()) continue;
    const std::string of = queue == kPeQueue ? fmt::format("of pe_{}", i) : "of its unit";
    return fmt::format(", and the queue {} is full ({} commands)", of, channel.size());
  }
  return {};
}

}  // namespace lnsim
