#include "models/memory/operand_bus.h"

#include <fmt/format.h>

#include <utility>

#include "models/compute/slice.h"
#include "models/control/describe_command.h"
#include "models/memory/transfers.h"

namespace lnsim {

OperandBus::OperandBus(const sc_core::sc_module_name& name, Simulation& simulation,
                       const BusParameters& parameters, std::uint32_t vector_size, RunState& run,
                       CommandQueue& commands, BufferPort port, const BeatShape& shape,
                       std::vector<OperandBuffers*> pes)
    : MachineUnit(name, simulation),
      parameters_(parameters),
      vector_size_(vector_size),
      run_(run),
      waiter_(*this, busy_),
      commands_(commands),
      port_(port),
      shape_(shape),
      pes_(std::move(pes)),
      busy_(run.activity, this->name()),
      wires_(simulation, parameters.latency_cycles + 1, parameters.latency_cycles) {
  wires_.connect(*this, *this);
}

void OperandBus::reset() {
  waiter_.waiting = false;
  busy_.reset();
  wires_.reset();
  jobs_.clear();
  asking_ = 0;
}

void OperandBus::step(Cycle now) {
  take_arrivals(now);
  bool moved = take_grants(now);
  moved |= ask(now);
  busy_.set_if(!jobs_.empty() || wires_.size() > 0, Cause::operand_bus, now);
  if (moved) request_edge(now + 1);
}

void OperandBus::take_arrivals(Cycle now) {
  while (const Arrival* arrival = wires_.front(now)) {
    deliver(*arrival);
    run_.scoreboard.advance(Counter::loaded, now);
    wires_.pop(now);
  }
}

bool OperandBus::take_grants(Cycle now) {
  const BufferBeat* beat = port_.grants->front(now);
  if (beat == nullptr) return false;
  Job& job = jobs_.front();
  const bool last = job.granted + beat->bytes == job.bytes;
  if (last && !wires_.can_push(now)) return false;
  run_.events[Event::operand_bus_byte] += beat->bytes;
  job.granted += beat->bytes;
  port_.grants->pop(now);
  if (last) {
    wires_.push(now, {job.load, job.stretch});
    jobs_.pop_front();
    --asking_;
  }
  return true;
}

bool OperandBus::next_job(Cycle now) {
  const QueuedCommand* queued = commands_.front(now);
  if (queued == nullptr || !run_.scoreboard.ready(queued->after, waiter_, now)) return false;
  const Load& load = run_.program->loads[run_.index(queued->command)];
  jobs_.push_back({&load, queued->stretch, load.bytes * transfers(load, parameters_)});
  begin_fill(load, queued->ordinal);
  commands_.pop(now);
  return true;
}

bool OperandBus::ask(Cycle now) {
  if (asking_ == jobs_.size() && !next_job(now)) return false;
  if (!port_.requests->can_push(now)) return false;
  Job& job = jobs_[asking_];
  const std::uint64_t offset =
      job.asked < job.load->bytes ? job.asked : job.asked % job.load->bytes;  // a division less
  const std::uint64_t address = job.load->buffer_address + offset;
  const std::uint32_t bytes = shape_.beat_bytes(address, job.load->bytes - offset);
  port_.requests->push(now, {address, bytes, 0});
  job.asked += bytes;
  if (job.asked == job.bytes) ++asking_;
  return true;
}

void OperandBus::begin_fill(const Load& load, std::uint32_t ordinal) {
  for (std::uint32_t i = 0; i < load.pes.count; ++i) {
    const std::uint64_t bytes =
        load.target == LoadTarget::vector ? even_share(load.bytes, i, load.pes.count).count : load.bytes;
    pes_[load.pes.first + i * load.pes.stride]->begin_fill(load.target, load.slot, bytes, ordinal);
  }
}

void OperandBus::deliver(const Arrival& arrival) {
  const Load& load = *arrival.load;
  const PackedTile values = packed_values(load);
  for (std::uint32_t i = 0; i < load.pes.count; ++i) {
    pes_[load.pes.first + i * load.pes.stride]->end_fill(load, values, arrival.stretch);
  }
  const std::uint64_t received = load.target == LoadTarget::vector ? load.bytes : load.bytes * load.pes.count;
  const bool to_a = load.target == LoadTarget::operand_a || load.target == LoadTarget::partial_sums;
  run_.events[Event::operand_bus_delivery_byte] += received;
  run_.events[to_a ? Event::buffer_a_write_byte : Event::buffer_b_write_byte] += received;
}

PackedTile OperandBus::packed_values(const Load& load) {
  const bool is_operand = load.target == LoadTarget::operand_a || load.target == LoadTarget::operand_b;
  if (run_.data == nullptr || !is_operand) return nullptr;
  std::shared_ptr<AlignedBytes> free;
  for (const auto& tile : pool_) {
    if (tile.use_count() == 1) free = tile;
  }
  if (free == nullptr) free = pool_.emplace_back(std::make_shared<AlignedBytes>());
  const std::uint64_t elements = std::uint64_t{load.tile.count} * load.tile.vectors * vector_size_;
  free->reserve(elements * run_.data->datapath().packed_bytes());
  run_.data->read_operand(load.target, load.tile, free->data());
  return free;
}

void OperandBus::image(StateImage& image) const {
  image.number(waiter_.waiting ? 1 : 0);
  busy_.image(image);
  commands_.image(image, kImpliedByCount);
  image.number(jobs_.size());
  image.number(asking_);
  for (const Job& job : jobs_) {
    image.number(job.asked);
    image.number(job.granted);
  }
  wires_.image(image, [](const Arrival&) {});  // the loads before the jobs
  port_.image(image, run_.buffer_line_bytes);
}

void OperandBus::list(SignalList& signals) const {
  signals.add("loads", 16, [this](Cycle) { return jobs_.size(); });
  signals.add("loads_asked", asking_);
  commands_.list(signals, "commands");
  wires_.list(signals, "wires");
}

std::string OperandBus::state() const {
  if (jobs_.empty() && wires_.size() == 0 && commands_.size() == 0) return {};
  const std::string wait = describe_wait(run_, commands_);
  return fmt::format("{} loads under way, {} on the wires, {} queued{}{}", jobs_.size(), wires_.size(),
                     commands_.size(), wait.empty() ? "" : "; ", wait);
}

}  // namespace lnsim
