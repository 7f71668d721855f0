#include "tests/lockstep/pe_surroundings.h"

namespace lnsim::lockstep {

PeSurroundings::PeSurroundings(Simulation& simulation, RunState& run, const PeMachine& machine,
                               std::uint32_t position, PeData& data, SimulatedPe& pe, const PeStalls& stalls,
                               std::uint64_t seed)
    : Unit("surroundings", simulation),
      run_(run),
      machine_(machine),
      decoder_(*run.program, position),
      data_(data),
      pe_(pe),
      stalls_(stalls),
      random_(seed),
      waits_(run.activity, "queues"),
      fetches_{{}, Waiter(*this, waits_)},
      write_backs_{{}, Waiter(*this, waits_)},
      updates_{{}, Waiter(*this, waits_)},
      loads_{{}, Waiter(*this, waits_)} {
  request_edge(1);
}

void PeSurroundings::step(Cycle now) {
  given_ = {};
  produced_.clear();
  advanced_.clear();
  take_packets(now);
  complete(fetches_, Counter::fetched, now);
  complete(write_backs_, Counter::written_back, now);
  complete(updates_, Counter::updated, now);
  load(now);
  issue(now);
  if (run_.scoreboard.finished()) ++idle_cycles_;
  if (!over()) request_edge(now + 1);
}

void PeSurroundings::take_packets(Cycle now) {
  given_.ppu_ready = happens(stalls_.packet);
  given_.vector_ready = happens(stalls_.packet);
  given_.ppu = take_packet(pe_.ppu_packets, given_.ppu_ready, now);
  given_.vector = take_packet(pe_.vector_packets, given_.vector_ready, now);
  while (!arriving_.empty() && arriving_.front().first == now) {
    const std::uint32_t ordinal = arriving_.front().second;
    arriving_.pop_front();
    produced_.push_back(ordinal);
    run_.scoreboard.pe_done(Counter::produced, ordinal, now);
  }
}

std::optional<OutputPacket> PeSurroundings::take_packet(Channel<OutputPacket>& channel, bool ready,
                                                        Cycle now) {
  const OutputPacket* front = channel.front(now);
  if (front == nullptr) return std::nullopt;
  const OutputPacket packet = *front;
  if (ready) {
    channel.pop(now);
    if (packet.last) arriving_.emplace_back(now + 3, packet.ordinal);
  }
  return packet;
}

void PeSurroundings::complete(Queue& queue, Counter counter, Cycle now) {
  if (queue.commands.empty()) return;
  if (!queue.working) {
    queue.working =
        run_.scoreboard.ready(run_.program->commands[queue.commands.front()].after, queue.waiter, now);
  } else if (happens(stalls_.counter)) {
    queue.working = false;
    queue.commands.pop_front();
    advanced_.push_back(counter);
    run_.scoreboard.advance(counter, now);
  }
}

const Load& PeSurroundings::current_load() const {
  return run_.program->loads[run_.index(static_cast<std::uint32_t>(loads_.commands.front()))];
}

// A load fills the slot write by write, and is complete in a cycle after the last one.
void PeSurroundings::load(Cycle now) {
  if (loads_.commands.empty()) return;
  if (!loads_.working) {
    begin_load(now);
  } else if (!writes_.empty()) {
    if (!happens(stalls_.load)) return;
    given_.write = writes_.front();
    writes_.pop_front();
  } else if (happens(stalls_.counter)) {
    end_load(now);
  }
}

void PeSurroundings::end_load(Cycle now) {
  const Load& load = current_load();
  if (decoder_.bytes_of(load)) {
    PackedTile values;
    if (load.target == LoadTarget::operand_a || load.target == LoadTarget::operand_b) {
      const auto tile = std::make_shared<AlignedBytes>();
      tile->reserve(std::size_t{load.tile.count} * load.tile.vectors * machine_.parameters.pe.vector_size *
                    data_.datapath().packed_bytes());
      data_.read_operand(load.target, load.tile, tile->data());
      values = tile;
    }
    pe_.buffers.end_fill(load, values);
  }
  loads_.working = false;
  loads_.commands.pop_front();
  advanced_.push_back(Counter::loaded);
  run_.scoreboard.advance(Counter::loaded, now);
}

void PeSurroundings::begin_load(Cycle now) {
  const std::size_t command = loads_.commands.front();
  if (!run_.scoreboard.ready(run_.program->commands[command].after, loads_.waiter, now)) return;
  loads_.working = true;
  const Load& load = current_load();
  const std::optional<std::uint64_t> bytes = decoder_.bytes_of(load);
  if (!bytes) return;
  pe_.buffers.begin_fill(load.target, load.slot, *bytes, 0);
  const std::vector<PeWrite> writes = decoder_.writes_of(command, data_, machine_);
  writes_.assign(writes.begin(), writes.end());
}

void PeSurroundings::issue(Cycle now) {
  const Program& program = *run_.program;
  if (next_ == program.commands.size() || !happens(stalls_.issue)) return;
  switch (program.commands[next_].operation) {
    case Operation::fetch:
      fetches_.commands.push_back(next_);
      break;
    case Operation::write_back:
      write_backs_.commands.push_back(next_);
      break;
    case Operation::update:
      updates_.commands.push_back(next_);
      break;
    case Operation::load:
      loads_.commands.push_back(next_);
      break;
    case Operation::compute:
    case Operation::vector_work:
      if (!pe_.commands.can_push(now)) return;
      given_.command = decoder_.decode(next_, ordinal_, data_);
      pe_.commands.push(now,
                        {static_cast<std::uint32_t>(next_), ordinal_++, 0, program.commands[next_].after});
      break;
  }
  ++next_;
}

}  // namespace lnsim::lockstep
