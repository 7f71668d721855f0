#include "models/control/controller.h"

#include <fmt/format.h>

#include <utility>

#include "models/control/describe_command.h"

namespace lnsim {

Controller::Controller(const sc_core::sc_module_name& name, Simulation& simulation, RunState& run,
                       CommandQueues queues)
    : Unit(name, simulation),
      run_(run),
      queues_{{queues.fetch}, {queues.write_back}, {queues.load}, std::move(queues.pes), {queues.update}} {}

void Controller::reset() {
  next_ = 0;
  issued_.fill(0);
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
  for (CommandQueue* channel : queues_[queue]) channel->push(now, {next_, issued_[queue]});
  ++issued_[queue];
  ++next_;
  ++run_.events[Event::control_command];
}

std::string Controller::state() const {
  if (run_.program == nullptr || next_ == run_.program->commands.size()) return {};
  const Queue queue = queue_of(run_.program->commands[next_].operation);
  return fmt::format("issued {} of {} commands; the next is {}", next_, run_.program->commands.size(),
                     describe_command(*run_.program, {next_, issued_[queue]})) +
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
