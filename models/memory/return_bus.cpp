#include "models/memory/return_bus.h"

#include <fmt/format.h>

#include <utility>

namespace lnsim {

ReturnBus::ReturnBus(const sc_core::sc_module_name& name, Simulation& simulation, RunState& run,
                     BufferPort port, std::vector<Channel<OutputPacket>*> inputs)
    : MachineUnit(name, simulation),
      run_(run),
      port_(port),
      inputs_(std::move(inputs)),
      holding_(inputs_.size()),
      busy_(run.activity, this->name()) {
  for (std::size_t i = 0; i < inputs_.size(); ++i) inputs_[i]->report_to(holding_, i);
}

void ReturnBus::reset() {
  busy_.reset();
  turn_ = 0;
  on_the_way_ = 0;
}

void ReturnBus::step(Cycle now) {
  take_grants(now);
  const bool can_send = port_.requests->can_push(now);
  const std::size_t input = next_input(now);
  const bool has_input = input < inputs_.size();
  if (has_input && can_send) {
    send(input, *inputs_[input]->front(now), now);
    request_edge(now + 1);
  }
  busy_.set_if(has_input || on_the_way_ > 0, Cause::write_back, now);
}

// The first input, from the one whose turn it is on, whose packet can be taken; their number when there is
// none.
std::size_t ReturnBus::next_input(Cycle now) const {
  return holding_.find_in_turn(turn_, [&](std::size_t i) { return inputs_[i]->front(now) != nullptr; });
}

void ReturnBus::send(std::size_t input, const OutputPacket& packet, Cycle now) {
  port_.requests->push(now, {packet.address, packet.bytes, packet.ordinal * 2 + (packet.last ? 1U : 0U)});
  run_.events[Event::return_bus_byte] += packet.bytes;
  ++on_the_way_;
  inputs_[input]->pop(now);
  turn_ = input + 1 < inputs_.size() ? input + 1 : 0;
}

void ReturnBus::take_grants(Cycle now) {
  while (const BufferBeat* beat = port_.grants->front(now)) {
    if (beat->tag % 2 == 1) run_.scoreboard.pe_done(Counter::produced, beat->tag / 2, now);
    --on_the_way_;
    port_.grants->pop(now);
  }
}

void ReturnBus::image(StateImage& image) const {
  image.number(turn_);
  image.number(on_the_way_);
  busy_.image(image);
  for (const Channel<OutputPacket>* input : inputs_) {
    input->image(image, [&](const OutputPacket& packet) {
      image.number(run_.in_line(packet.address));
      image.number(packet.bytes);
      image.number(run_.behind(packet.ordinal) * 2 + (packet.last ? 1 : 0));
    });
  }
  port_.image(image, run_.buffer_line_bytes,
              [&](std::uint32_t tag) { image.number(run_.behind(tag / 2) * 2 + tag % 2); });
}

void ReturnBus::list(SignalList& signals) const {
  signals.add("turn", turn_);
  signals.add("on_the_way", on_the_way_);
  for (std::size_t i = 0; i < inputs_.size(); ++i)
    inputs_[i]->list(signals, fmt::format("pe_{}_{}", i / 2, i % 2 == 0 ? "ppu" : "vector_unit"));
}

std::string ReturnBus::state() const {
  std::size_t waiting = 0;
  for (const Channel<OutputPacket>* input : inputs_) waiting += input->size();
  if (waiting == 0 && on_the_way_ == 0) return {};
  return fmt::format("{} packets wait, {} on the way", waiting, on_the_way_);
}

}  // namespace lnsim
