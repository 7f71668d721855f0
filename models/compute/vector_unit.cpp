#include "models/compute/vector_unit.h"

#include <fmt/format.h>

#include <algorithm>

namespace lnsim {

VectorUnit::VectorUnit(const sc_core::sc_module_name& name, Simulation& simulation,
                       const VectorUnitParameters& parameters, const BufferParameters& buffer_b,
                       RunState& run, const Channels& channels, const BeatShape& shape)
    : MachineUnit(name, simulation),
      parameters_(parameters),
      read_bytes_per_cycle_(buffer_b.read_bytes_per_cycle),
      run_(run),
      channels_(channels),
      shape_(shape),
      busy_(run.activity, this->name()) {}

void VectorUnit::reset() {
  busy_.reset();
  working_ = false;
  held_from_ = kNever;
}

void VectorUnit::step(Cycle now) {
  if (held_from_ != kNever) {
    start_ += now - held_from_;
    held_from_ = kNever;
  }
  if (working_ && now == start_ + cycles_) {
    working_ = false;
    busy_.clear(now);
  }
  if (!working_) take_task(now);
  if (!working_ || !send_packets(now)) return;
  const Cycle last = start_ + cycles_ - 1;
  if (now == last) channels_.ends->push(now, task_.ordinal);
  request_edge(now < last ? last : last + 1);
}

void VectorUnit::take_task(Cycle now) {
  const VectorTask* task = channels_.tasks->front(now);
  if (task == nullptr) return;
  task_ = *task;
  channels_.tasks->pop(now);
  working_ = true;
  start_ = now;
  cycles_ = std::max({std::uint64_t{1}, ceil_div(task_.operations, parameters_.operations_per_cycle),
                      ceil_div(task_.input_bytes, read_bytes_per_cycle_)});
  sent_ = due_ = due_rest_ = 0;
  if (task_.output_bytes > 0) {
    packet_due_ = shape_.width() * cycles_ / task_.output_bytes;
    packet_due_rest_ = shape_.width() * cycles_ % task_.output_bytes;
  }
  prepare_packet();
  busy_.set(Cause::compute, now);
  run_.events[Event::vector_unit_operation] += task_.operations;
  run_.events[Event::buffer_b_read_byte] += task_.input_bytes;
}

void VectorUnit::prepare_packet() {
  if (sent_ == task_.output_bytes) return;
  const std::uint64_t address = task_.output_address + sent_;
  const std::uint32_t bytes = shape_.beat_bytes(address, task_.output_bytes - sent_);
  next_packet_ = {address, bytes, task_.ordinal, sent_ + bytes == task_.output_bytes};
  if (bytes == shape_.width()) {  // no division
    due_ += packet_due_;
    due_rest_ += packet_due_rest_;
    if (due_rest_ >= task_.output_bytes) {
      due_rest_ -= task_.output_bytes;
      ++due_;
    }
  } else {
    due_ = (sent_ + bytes) * cycles_ / task_.output_bytes;
    due_rest_ = (sent_ + bytes) * cycles_ % task_.output_bytes;
  }
  next_due_ = due_ + (due_rest_ > 0 ? 1 : 0) - 1;
}

// Sends the packet that is due in this cycle and asks for the next one's edge. False when the return bus
// holds up the work, which then starts later by the cycles until there is room.
bool VectorUnit::send_packets(Cycle now) {
  bool sent_one = false;
  while (sent_ < task_.output_bytes) {
    if (start_ + next_due_ > now) {
      request_edge(start_ + next_due_);
      return true;
    }
    if (sent_one || !channels_.packets->can_push(now)) {
      busy_.set(Cause::output, now);
      held_from_ = now;
      if (sent_one) request_edge(now + 1);
      return false;
    }
    busy_.set(Cause::compute, now);
    channels_.packets->push(now, next_packet_);
    sent_ += next_packet_.bytes;
    sent_one = true;
    prepare_packet();
  }
  return true;
}

void VectorUnit::image(StateImage& image) const {
  const auto write = [&](const VectorTask& task) {
    image.number(task.operations);
    image.number(task.input_bytes);
    image.number(task.output_bytes);
    image.number(run_.in_line(task.output_address));
    image.number(run_.behind(task.ordinal));
  };
  channels_.tasks->image(image, write);
  busy_.image(image);
  image.number(working_ ? 1 : 0);
  if (!working_) return;
  write(task_);
  image.past(start_ + (held_from_ == kNever ? 0 : image.next() - held_from_));
  image.number(cycles_);
  image.number(sent_);
}

void VectorUnit::list(SignalList& signals) const {
  signals.add("working", working_);
  signals.add("sent_bytes", sent_);
  channels_.tasks->list(signals, "tasks");
}

std::string VectorUnit::state() const {
  if (!working_ && channels_.tasks->size() == 0) return {};
  return fmt::format("{} of {} output bytes sent, {} tasks queued", sent_, task_.output_bytes,
                     channels_.tasks->size());
}

}  // namespace lnsim
