#include "models/update/weight_update_unit.h"

#include <fmt/format.h>

#include <algorithm>

#include "models/control/describe_command.h"

namespace lnsim {

WeightUpdateUnit::WeightUpdateUnit(const sc_core::sc_module_name& name, Simulation& simulation,
                                   const WeightUpdateParameters& parameters, RunState& run,
                                   CommandQueue& commands, BufferPort read_port, BufferPort write_port,
                                   const BeatShape& shape)
    : MachineUnit(name, simulation),
      rate_(std::uint64_t{parameters.count} * parameters.lanes),
      run_(run),
      waiter_(*this, busy_),
      commands_(commands),
      read_port_(read_port),
      write_port_(write_port),
      shape_(shape),
      busy_(run.activity, this->name()),
      pipeline_(simulation, parameters.latency_cycles + 1, parameters.latency_cycles) {
  pipeline_.connect(*this, *this);
}

void WeightUpdateUnit::reset() {
  waiter_.waiting = false;
  busy_.reset();
  pipeline_.reset();
  update_ = nullptr;
}

void WeightUpdateUnit::step(Cycle now) {
  if (update_ == nullptr && !take_command(now)) return;
  bool moved = take_grants(now);
  moved |= read_buffer(now);
  moved |= process(now);
  moved |= write_buffer(now);
  busy_.set_if(started_ < update_->parameters || pipeline_.size() > 0, Cause::compute, now);
  if (written_ == update_->write_bytes) {
    finish(now);
    moved = true;
  }
  if (moved) request_edge(now + 1);
}

bool WeightUpdateUnit::take_command(Cycle now) {
  const QueuedCommand* queued = commands_.front(now);
  if (queued == nullptr || !run_.scoreboard.ready(queued->after, waiter_, now)) return false;
  update_ = &run_.program->updates[run_.index(queued->command)];
  commands_.pop(now);
  asked_ = read_ = started_ = processed_ = offered_ = written_ = 0;
  return true;
}

bool WeightUpdateUnit::take_grants(Cycle now) {
  bool moved = false;
  if (const BufferBeat* beat = read_port_.grants->front(now)) {
    read_ += beat->bytes;
    read_port_.grants->pop(now);
    moved = true;
  }
  if (const BufferBeat* beat = write_port_.grants->front(now)) {
    written_ += beat->bytes;
    write_port_.grants->pop(now);
    moved = true;
  }
  return moved;
}

// Reads no further ahead of what has entered the pipeline than a few beats, or two parameters where those are
// more: parts of parameters cannot enter.
bool WeightUpdateUnit::read_buffer(Cycle now) {
  const std::uint64_t used = started_ * update_->read_bytes / update_->parameters;
  const std::uint64_t ahead =
      std::max(4 * shape_.width(), 2 * ceil_div(update_->read_bytes, update_->parameters));
  if (asked_ == update_->read_bytes || asked_ - used >= ahead || !read_port_.requests->can_push(now))
    return false;
  const std::uint64_t address = update_->read_address + asked_;
  const std::uint32_t bytes = shape_.beat_bytes(address, update_->read_bytes - asked_);
  read_port_.requests->push(now, {address, bytes, 0});
  asked_ += bytes;
  return true;
}

// Lets the parameters whose bytes are here into the pipeline, and takes those out that have passed it.
bool WeightUpdateUnit::process(Cycle now) {
  bool moved = false;
  const std::uint64_t here = read_ * update_->parameters / update_->read_bytes;
  const std::uint64_t count = std::min(rate_, here - started_);
  if (count > 0 && pipeline_.can_push(now)) {
    pipeline_.push(now, count);
    started_ += count;
    run_.events[Event::weight_update_parameter] += count;
    moved = true;
  }
  if (const std::uint64_t* done = pipeline_.front(now)) {
    processed_ += *done;
    pipeline_.pop(now);
    moved = true;
  }
  return moved;
}

bool WeightUpdateUnit::write_buffer(Cycle now) {
  if (offered_ == update_->write_bytes) return false;
  const std::uint64_t address = update_->write_address + offered_;
  const std::uint32_t bytes = shape_.beat_bytes(address, update_->write_bytes - offered_);
  const std::uint64_t here = processed_ * update_->write_bytes / update_->parameters - offered_;
  if (here < bytes || !write_port_.requests->can_push(now)) return false;
  write_port_.requests->push(now, {address, bytes, 0});
  offered_ += bytes;
  return true;
}

void WeightUpdateUnit::finish(Cycle now) {
  if (run_.data != nullptr) run_.data->update(*update_);
  run_.scoreboard.advance(Counter::updated, now);
  update_ = nullptr;
}

void WeightUpdateUnit::image(StateImage& image) const {
  image.number(waiter_.waiting ? 1 : 0);
  busy_.image(image);
  commands_.image(image, kImpliedByCount);
  image.number(update_ != nullptr ? 1 : 0);
  if (update_ != nullptr) {
    for (const std::uint64_t progress : {asked_, read_, started_, processed_, offered_, written_})
      image.number(progress);
  }
  pipeline_.image(image, [&](std::uint64_t parameters) { image.number(parameters); });
  read_port_.image(image, run_.buffer_line_bytes);
  write_port_.image(image, run_.buffer_line_bytes);
}

void WeightUpdateUnit::list(SignalList& signals) const {
  signals.add("busy", 1, [this](Cycle) { return update_ != nullptr ? 1U : 0U; });
  signals.add("read_bytes", read_);
  signals.add("started", started_);
  signals.add("processed", processed_);
  signals.add("written_bytes", written_);
  commands_.list(signals, "commands");
  pipeline_.list(signals, "pipeline");
}

std::string WeightUpdateUnit::state() const {
  if (update_ == nullptr) return describe_wait(run_, commands_);
  return fmt::format("{} of {} parameters updated, {} of {} bytes written", processed_, update_->parameters,
                     written_, update_->write_bytes);
}

}  // namespace lnsim
