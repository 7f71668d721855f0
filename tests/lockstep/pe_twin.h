// The ports of models/rtl/pe.sv, for any set of its parameters.
#pragma once

#include <array>
#include <cstdint>

#include "tests/lockstep/ports.h"

namespace lnsim::lockstep {

// A command for one PE, as the ports command_* carry it.
struct PeCommand {
  bool vector_work = false;
  bool empty = false;
  std::uint32_t ordinal = 0;
  std::array<std::uint32_t, 6> required{};
  std::uint32_t output_address = 0;
  std::uint8_t slot_a = 0, slot_b = 0;
  std::uint32_t rows = 0, columns = 0, vectors = 0;
  std::uint8_t start = 0, end = 0;
  std::uint32_t word_a = 0, stride_a = 0, word_b = 0, stride_b = 0;
  std::uint32_t useful_elements = 0;
  std::int32_t scale = 0;
  std::uint32_t operations = 0, input_bytes = 0, output_bytes = 0;
};

enum class PeWriteTarget : std::uint8_t { operand_a, operand_b, partial_sums };

// Wide enough for a column of 64 sums of 32 bits, or a write of 8 vectors of 32 bytes.
using PeWriteData = Bits<64>;
// As wide as a return bus of 128 bytes.
using PePacketData = Bits<32>;

struct PeWrite {
  PeWriteTarget target = PeWriteTarget::operand_a;
  std::uint8_t slot = 0;
  std::uint32_t word = 0;
  PeWriteData data;
};

struct PePacket {
  bool valid = false;
  std::uint32_t address = 0;
  std::uint32_t bytes = 0;
  std::uint32_t ordinal = 0;
  bool last = false;
  PePacketData data;
};

// The end of a PE's work on a command, as seen by two progress counters.
struct PeDone {
  bool consumed = false;
  bool produced = false;
  std::uint32_t ordinal = 0;
};

// The events of pe_event_counts.sv, in the order of its ports.
using PeEvents = std::array<std::uint64_t, 8>;

// What a PE shows in a cycle.
struct PeOutputs {
  bool command_ready = false;
  PeDone lanes, head;
  PePacket ppu, vector;
  PeEvents events{};
};

class PeTwin {
 public:
  virtual ~PeTwin() = default;

  // Inputs of this cycle; they hold until they are set again.
  virtual void command(const PeCommand* command) = 0;  // null: none
  virtual void counters(const std::array<std::uint32_t, 6>& values) = 0;
  virtual void write(const PeWrite* write) = 0;  // null: none
  virtual void ready(bool ppu, bool vector) = 0;
  virtual void reset(bool active) = 0;

  // The outputs that these inputs give in this cycle; then its end.
  virtual PeOutputs look() = 0;
  virtual void tick() = 0;
};

template <class Model>
class PeTwinOf final : public PeTwin {
 public:
  PeTwinOf() { model_.clk = 0; }
  ~PeTwinOf() override { model_.final(); }

  void command(const PeCommand* command) override {
    model_.command_valid = command != nullptr;
    if (command == nullptr) return;
    model_.command_vector_work = command->vector_work;
    model_.command_empty = command->empty;
    model_.command_ordinal = command->ordinal;
    for (std::size_t i = 0; i < command->required.size(); ++i)
      model_.command_required[i] = command->required[i];
    model_.command_output_address = command->output_address;
    model_.command_slot_a = command->slot_a;
    model_.command_slot_b = command->slot_b;
    set(model_.command_rows, command->rows);
    set(model_.command_columns, command->columns);
    set(model_.command_vectors, command->vectors);
    model_.command_start = command->start;
    model_.command_end = command->end;
    set(model_.command_word_a, command->word_a);
    set(model_.command_stride_a, command->stride_a);
    set(model_.command_word_b, command->word_b);
    set(model_.command_stride_b, command->stride_b);
    model_.command_useful_elements = command->useful_elements;
    model_.command_scale = static_cast<std::uint32_t>(command->scale);
    model_.command_operations = command->operations;
    model_.command_input_bytes = command->input_bytes;
    model_.command_output_bytes = command->output_bytes;
  }
  void counters(const std::array<std::uint32_t, 6>& values) override {
    for (std::size_t i = 0; i < values.size(); ++i) model_.counters[i] = values[i];
  }
  void write(const PeWrite* write) override {
    model_.write = write != nullptr;
    if (write == nullptr) return;
    model_.write_target = static_cast<std::uint8_t>(write->target);
    model_.write_slot = write->slot;
    set(model_.write_word, write->word);
    set_port(model_.write_data, write->data);
  }
  void ready(bool ppu, bool vector) override {
    model_.ppu_packet_ready = ppu;
    model_.vector_packet_ready = vector;
  }
  void reset(bool active) override { model_.reset = active; }

  PeOutputs look() override {
    model_.clk = 0;
    model_.eval();
    PeOutputs seen;
    seen.command_ready = model_.command_ready;
    seen.lanes = {model_.lanes_consumed != 0, model_.lanes_produced != 0, model_.lanes_ordinal};
    seen.head = {model_.head_consumed != 0, model_.head_produced != 0, model_.head_ordinal};
    seen.ppu.valid = model_.ppu_packet_valid;
    seen.ppu.address = model_.ppu_packet_address;
    seen.ppu.bytes = model_.ppu_packet_bytes;
    seen.ppu.ordinal = model_.ppu_packet_ordinal;
    seen.ppu.last = model_.ppu_packet_last;
    seen.ppu.data = get_port<32>(model_.ppu_packet_data);
    seen.vector.valid = model_.vector_packet_valid;
    seen.vector.address = model_.vector_packet_address;
    seen.vector.bytes = model_.vector_packet_bytes;
    seen.vector.ordinal = model_.vector_packet_ordinal;
    seen.vector.last = model_.vector_packet_last;
    seen.events = {model_.buffer_a_read_byte, model_.buffer_b_read_byte,   model_.datapath_mac,
                   model_.datapath_idle_mac,  model_.collector_accumulate, model_.collector_transfer_byte,
                   model_.ppu_value,          model_.vector_unit_operation};
    return seen;
  }
  void tick() override {
    model_.clk = 1;
    model_.eval();
  }

 private:
  template <class Port>
  static void set(Port& port, std::uint32_t value) {
    port = static_cast<Port>(value);
  }

  VerilatedContext context_;  // not the default one: a thread remembers the context of its last model
  Model model_{&context_, "twin"};
};

}  // namespace lnsim::lockstep
