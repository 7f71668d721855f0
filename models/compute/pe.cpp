#include "models/compute/pe.h"

#include <fmt/format.h>

#include <algorithm>

#include "models/control/describe_command.h"

namespace lnsim {

Pe::Pe(const sc_core::sc_module_name& name, Simulation& simulation, const PeParameters& parameters,
       unsigned pipeline_stages, std::uint32_t position, Beats beats, RunState& run, OperandBuffers& buffers,
       const PeChannels& channels)
    : MachineUnit(name, simulation),
      parameters_(parameters),
      pipeline_stages_(pipeline_stages),
      position_(position),
      beats_(beats),
      run_(run),
      waiter_(*this, busy_),
      buffers_(buffers),
      channels_(channels),
      busy_(run.activity, this->name()),
      values_(parameters.lanes, parameters.vector_size) {}

void Pe::reset() {
  waiter_.waiting = false;
  busy_.reset();
  if (run_.data != nullptr) values_.begin(*run_.data, parameters_.collector_entries, run_.counts_switching);
  fetching_ = shadow_full_ = active_ = stalled_ = vector_working_ = false;
  lanes_free_ = drained_ = 0;
  sliced_ = nullptr;
  restored_ = kNever;
}

void Pe::step(Cycle now) {
  end_vector_work(now);
  end_pass(now);
  start_pass(now);
  issue_beats(now);
  fetch_pass(now);
  report(now);
}

void Pe::end_pass(Cycle now) {
  if (!active_ || now < lanes_free_ || next_column_ < tasks_[pass_.task].slice.columns) return;
  active_ = false;
  drained_ = now + pipeline_stages_;
  if (!pass_.closes_task) return;
  Task& task = tasks_[pass_.task];
  OperandBuffers::end_read(*task.a);
  OperandBuffers::end_read(*task.b);
  if (task.sums != nullptr) OperandBuffers::end_read(*task.sums);
  run_.scoreboard.pe_done(Counter::consumed, task.ordinal, now);
  if (task.compute->end == SumEnd::keep) run_.scoreboard.pe_done(Counter::produced, task.ordinal, now);
}

void Pe::start_pass(Cycle now) {
  if (active_ || !shadow_full_) return;
  if (now < shadow_ready_) {
    request_edge(shadow_ready_);
    return;
  }
  if (!restore_block(now)) return;
  pass_ = shadow_;
  shadow_full_ = false;
  active_ = true;
  next_column_ = 0;
  lanes_free_ = now;
  count_pass();
  if (run_.data == nullptr) return;
  const Task& task = tasks_[pass_.task];
  values_.hold_a(*task.a, task.slice.first_row + pass_.first_row, pass_.rows,
                 task.compute->first_vector + pass_.vector);
}

// True when the collector is ready for the fetched pass.
bool Pe::restore_block(Cycle now) {
  const Task& task = tasks_[shadow_.task];
  if (!shadow_.opens_block || task.compute->start != SumStart::restore) return true;
  const std::uint64_t column_bytes = packed_size(shadow_.rows, run_.program->accumulator_bits);
  if (restored_ == kNever) {
    restored_ = std::max(now, drained_) +
                task.slice.columns * ceil_div(column_bytes, parameters_.buffer_a.read_bytes_per_cycle);
    run_.events[Event::buffer_a_read_byte] += task.slice.columns * column_bytes;
    run_.events[Event::collector_transfer_byte] += task.slice.columns * column_bytes;
  }
  if (now < restored_) {
    request_edge(restored_);
    return false;
  }
  restored_ = kNever;
  if (run_.data != nullptr) restore_values();
  return true;
}

void Pe::restore_values() {
  const Task& task = tasks_[shadow_.task];
  for (std::uint32_t column = 0; column < task.slice.columns; ++column) {
    run_.data->restore({task.compute->product, task.slice.group, task.slice.first_column + column,
                        task.slice.first_row + shadow_.first_row, shadow_.rows},
                       values_.accumulators(column));
  }
}

void Pe::count_pass() {
  const Program& program = *run_.program;
  const std::uint64_t columns = tasks_[pass_.task].slice.columns;
  run_.events[Event::buffer_a_read_byte] +=
      packed_size(std::uint64_t{pass_.rows} * parameters_.vector_size, program.operand_a_bits);
  run_.events[Event::buffer_b_read_byte] +=
      columns * packed_size(parameters_.vector_size, program.operand_b_bits);
  run_.events[Event::collector_accumulate] += columns * pass_.rows;
}

bool Pe::sends_columns() const {
  return pass_.closes_block && tasks_[pass_.task].compute->end != SumEnd::keep;
}

void Pe::issue_beats(Cycle now) {
  if (!active_) return;
  stalled_ = false;
  if (now >= lanes_free_) {
    const bool one = sends_columns() || beats_ == Beats::stepped;
    if (sends_columns() && !channels_.columns->can_push(now)) {
      stalled_ = true;
      return;
    }
    const std::uint32_t columns = tasks_[pass_.task].slice.columns;
    const std::uint32_t beats = one ? 1 : columns - next_column_;
    if (run_.data == nullptr && !sends_columns()) {
      next_column_ += beats;
    } else {
      for (std::uint32_t i = 0; i < beats; ++i) issue_beat(now);
    }
    lanes_free_ = now + beats * beat_cycles_;
  }
  request_edge(lanes_free_);
}

void Pe::issue_beat(Cycle now) {
  const Task& task = tasks_[pass_.task];
  const std::uint32_t column = next_column_++;
  if (run_.data != nullptr) {
    if (pass_.opens_block && task.compute->start == SumStart::zero) values_.clear(column);
    values_.beat(*task.b, task.slice.first_column + column, task.compute->first_vector + pass_.vector,
                 pass_.rows, column, run_.dot_counts);
  }
  if (sends_columns()) send_column(now, column);
}

void Pe::send_column(Cycle now, std::uint32_t column) {
  Task& task = tasks_[pass_.task];
  const bool emits = task.compute->end == SumEnd::emit;
  const std::uint64_t bytes =
      packed_size(pass_.rows, emits ? run_.program->output_bits : run_.program->accumulator_bits);
  const bool last = pass_.closes_task && column + 1 == task.slice.columns;
  channels_.columns->push(
      now, {task.output_address, static_cast<std::uint32_t>(bytes), pass_.rows, task.ordinal, emits, last});
  task.output_address += bytes;
  if (!emits) run_.events[Event::collector_transfer_byte] += bytes;
  if (run_.data == nullptr) return;
  const ResultColumn where{task.compute->product, task.slice.group, task.slice.first_column + column,
                           task.slice.first_row + pass_.first_row, pass_.rows};
  if (emits) {
    run_.data->emit(where, values_.accumulators(column));
  } else {
    run_.data->spill(where, values_.accumulators(column));
  }
}

void Pe::fetch_pass(Cycle now) {
  if (shadow_full_) return;
  if (!fetching_) next_command(now);
  if (!fetching_) return;
  next_pass(shadow_);
  shadow_full_ = true;
  const std::uint64_t bytes =
      packed_size(std::uint64_t{shadow_.rows} * parameters_.vector_size, run_.program->operand_a_bits);
  shadow_ready_ = now + ceil_div(bytes, parameters_.buffer_a.read_bytes_per_cycle);
  if (!active_) request_edge(shadow_ready_);
}

void Pe::next_pass(Pass& pass) {
  const Task& task = tasks_[fetch_task_];
  pass.task = fetch_task_;
  pass.first_row = fetch_row_;
  pass.rows = std::min(parameters_.lanes, task.slice.rows - fetch_row_);
  pass.vector = fetch_vector_;
  pass.opens_block = fetch_vector_ == 0;
  pass.closes_block = fetch_vector_ + 1 == task.compute->vectors;
  pass.closes_task = false;
  if (pass.closes_block) {
    fetch_vector_ = 0;
    fetch_row_ += pass.rows;
    fetching_ = fetch_row_ < task.slice.rows;
    pass.closes_task = !fetching_;
  } else {
    ++fetch_vector_;
  }
}

void Pe::next_command(Cycle now) {
  if (vector_working_) return;
  const QueuedCommand* queued = channels_.commands->front(now);
  if (queued == nullptr) return;
  const QueuedCommand command = *queued;
  const std::uint32_t index = run_.index(command.command);
  if (run_.program->commands[command.command].operation == Operation::compute) {
    const Compute& compute = run_.program->computes[index];
    if (sliced_ != &compute) {
      sliced_ = &compute;
      slice_ = slice_of(compute, run_.program->grid, position_);
    }
    if (slice_.empty()) {
      complete_without_work(command.ordinal, now);
    } else if (run_.scoreboard.ready(command.after, waiter_, now)) {
      channels_.commands->pop(now);
      begin_compute(compute, slice_, command);
    }
    return;
  }
  if (active_) return;
  const VectorWork& work = run_.program->vector_works[index];
  if (!has_share(work)) {
    complete_without_work(command.ordinal, now);
  } else if (run_.scoreboard.ready(command.after, waiter_, now)) {
    channels_.commands->pop(now);
    begin_vector_work(work, command.ordinal, now);
  }
}

Share Pe::share_of(const VectorWork& work, std::uint64_t amount) const {
  return position_ < work.pes ? even_share(amount, position_, work.pes) : Share{};
}

bool Pe::has_share(const VectorWork& work) const {
  return share_of(work, work.elements).count > 0 || share_of(work, work.input_bytes).count > 0 ||
         share_of(work, work.output_bytes).count > 0;
}

void Pe::complete_without_work(std::uint32_t ordinal, Cycle now) {
  run_.scoreboard.pe_done(Counter::consumed, ordinal, now);
  run_.scoreboard.pe_done(Counter::produced, ordinal, now);
  channels_.commands->pop(now);
  request_edge(now + 1);
}

void Pe::begin_compute(const Compute& compute, const ComputeSlice& slice, const QueuedCommand& command) {
  fetch_task_ = 1 - fetch_task_;
  Task& task = tasks_[fetch_task_];
  task = {};
  task.compute = &compute;
  task.slice = slice;
  task.ordinal = command.ordinal;
  const std::uint32_t output_bits =
      compute.end == SumEnd::emit ? run_.program->output_bits : run_.program->accumulator_bits;
  task.output_address = compute.output_address + packed_size(slice.elements_before, output_bits);
  task.a = &buffers_.read_operand(
      LoadTarget::operand_a, compute.slot_a,
      {compute.product, slice.group, slice.first_row, slice.rows, compute.first_vector, compute.vectors},
      command.ordinal, command.stretch);
  task.b = &buffers_.read_operand(LoadTarget::operand_b, compute.slot_b,
                                  {compute.product, slice.group, slice.first_column, slice.columns,
                                   compute.first_vector, compute.vectors},
                                  command.ordinal, command.stretch);
  if (compute.start == SumStart::restore) {
    const std::uint64_t sums = std::uint64_t{slice.rows} * slice.columns;
    task.sums = &buffers_.read_bytes(LoadTarget::partial_sums, compute.slot_a,
                                     packed_size(sums, run_.program->accumulator_bits), command.ordinal);
  }
  beat_cycles_ = ceil_div(packed_size(parameters_.vector_size, run_.program->operand_b_bits),
                          parameters_.buffer_b.read_bytes_per_cycle);
  fetching_ = true;
  fetch_row_ = fetch_vector_ = 0;
  count_task(task);
}

void Pe::count_task(const Task& task) {
  const ComputeSlice& slice = task.slice;
  const std::uint64_t blocks = ceil_div(slice.rows, parameters_.lanes);
  const std::uint64_t slots =
      blocks * task.compute->vectors * slice.columns * parameters_.lanes * parameters_.vector_size;
  const std::uint64_t useful = std::uint64_t{slice.rows} * slice.columns * task.compute->useful_elements;
  run_.events[Event::datapath_mac] += useful;
  run_.events[Event::datapath_idle_mac] += slots - useful;
}

void Pe::begin_vector_work(const VectorWork& work, std::uint32_t ordinal, Cycle now) {
  const Share input = share_of(work, work.input_bytes);
  const Share output = share_of(work, work.output_bytes);
  vector_working_ = true;
  vector_input_ =
      input.count > 0 ? &buffers_.read_bytes(LoadTarget::vector, work.slot_b, input.count, ordinal) : nullptr;
  VectorTask task;
  task.operations = share_of(work, work.elements).count * work.operations_per_element;
  task.input_bytes = input.count;
  task.output_bytes = output.count;
  task.output_address = work.output_address + output.first;
  task.ordinal = ordinal;
  channels_.vector_tasks->push(now, task);
  if (output.count == 0) run_.scoreboard.pe_done(Counter::produced, ordinal, now);
}

void Pe::end_vector_work(Cycle now) {
  const std::uint32_t* ordinal = channels_.vector_ends->front(now);
  if (ordinal == nullptr) return;
  vector_working_ = false;
  if (vector_input_ != nullptr) OperandBuffers::end_read(*vector_input_);
  run_.scoreboard.pe_done(Counter::consumed, *ordinal, now);
  channels_.vector_ends->pop(now);
}

void Pe::report(Cycle now) {
  if (active_) {
    busy_.set(stalled_ ? Cause::output : Cause::compute, now);
  } else {
    busy_.set_if(shadow_full_, Cause::operand_read, now);
  }
}

void Pe::image_task(StateImage& image, std::uint32_t task) const {
  image.number(run_.behind(tasks_[task].ordinal));
  image.number(run_.in_line(tasks_[task].output_address));
}

void Pe::image_pass(StateImage& image, const Pass& pass) const {
  image_task(image, pass.task);
  image.number(pass.first_row);
  image.number(pass.rows);
  image.number(pass.vector);
  image.number((pass.opens_block ? 4 : 0) + (pass.closes_block ? 2 : 0) + (pass.closes_task ? 1 : 0));
}

void Pe::image(StateImage& image) const {
  image.number((fetching_ ? 16 : 0) + (shadow_full_ ? 8 : 0) + (active_ ? 4 : 0) + (stalled_ ? 2 : 0) +
               (vector_working_ ? 1 : 0));
  image.number((waiter_.waiting ? 2 : 0) + (vector_input_ != nullptr && vector_working_ ? 1 : 0));
  busy_.image(image);
  if (fetching_) {
    image_task(image, fetch_task_);
    image.number(fetch_row_);
    image.number(fetch_vector_);
  }
  if (shadow_full_) {
    image_pass(image, shadow_);
    image.time(shadow_ready_);
  }
  if (active_) {
    image_pass(image, pass_);
    image.number(next_column_);
    image.time(lanes_free_);
  }
  image.time(drained_);
  image.time(restored_);
  channels_.commands->image(image, kImpliedByCount);
  channels_.vector_ends->image(image, [&](std::uint32_t ordinal) { image.number(run_.behind(ordinal)); });
  buffers_.image(image);
}

void Pe::list(SignalList& signals) const {
  // 0 idle, 1 a pass is fetched, 2 multiplying, 3 stalled by the PPU, 4 vector work
  signals.add("state", 3, [this](Cycle) {
    if (active_) return stalled_ ? 3U : 2U;
    return vector_working_ ? 4U : shadow_full_ ? 1U : 0U;
  });
  signals.add("active", active_);
  signals.add("stalled", stalled_);
  signals.add("fetching", fetching_);
  signals.add("fetched", shadow_full_);
  signals.add("command", 32, [this](Cycle) { return active_ ? tasks_[pass_.task].ordinal : 0U; });
  signals.add("row", pass_.first_row);
  signals.add("vector", pass_.vector);
  signals.add("column", next_column_);
  signals.add("lanes_busy", 16, [this](Cycle now) { return active_ && now < lanes_free_ ? pass_.rows : 0U; });
  channels_.commands->list(signals, "commands");
  channels_.vector_ends->list(signals, "vector_ends");
}

std::string Pe::state() const {
  const std::string work = work_state();
  const std::string wait = describe_wait(run_, *channels_.commands);
  if (!work.empty() && !wait.empty()) return work + "; " + wait;
  if (work.empty() && wait.empty() && channels_.commands->size() > 0)
    return fmt::format("{} commands queued", channels_.commands->size());
  return work + wait;
}

std::string Pe::work_state() const {
  if (active_) {
    return fmt::format("in the lanes: PE command {}, vector {}, column {}{}", tasks_[pass_.task].ordinal,
                       pass_.vector, next_column_, stalled_ ? ", stalled by the PPU" : "");
  }
  if (shadow_full_) return fmt::format("fetching for PE command {}", tasks_[shadow_.task].ordinal);
  if (vector_working_) return "waiting for its vector unit";
  return {};
}

}  // namespace lnsim
