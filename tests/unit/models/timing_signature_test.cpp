#include "models/control/timing_signature.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>

namespace lnsim {
namespace {

// A line of 8 banks x 8 bytes in the buffer, of 2 channels x 64 bytes in the DRAM.
constexpr std::uint64_t kBufferLine = 64;
constexpr std::uint64_t kDramLine = 128;

AcceleratorParameters machine() {
  AcceleratorParameters machine;
  machine.global_buffer.banks = 8;
  machine.global_buffer.bank_bytes = 8;
  machine.dram.channels = 2;
  machine.dram.burst_bytes = 64;
  return machine;
}

// Whether a command and its changed copy have equal signatures, on a grid of 1 x 2 x 3 PEs.
template <class Entry>
bool alike(const Entry& entry, const std::function<void(Entry&)>& change) {
  Program program;
  program.grid = {1, 2, 3};
  Entry changed = entry;
  change(changed);
  program.add(entry, {});
  program.add(changed, {});
  const auto signatures = timing_signatures(program, machine());
  return signatures.at(0) == signatures.at(1);
}

TEST(TimingSignature, of_a_fetch_are_its_bytes_its_channel_and_its_bank) {
  const Fetch fetch{1000, 300, 500, 200};
  EXPECT_TRUE(alike<Fetch>(fetch, [](Fetch& f) { f.dram_address += kDramLine; }));
  EXPECT_TRUE(alike<Fetch>(fetch, [](Fetch& f) { f.buffer_address += 3 * kBufferLine; }));
  EXPECT_FALSE(alike<Fetch>(fetch, [](Fetch& f) { f.dram_address += 1; }));
  EXPECT_FALSE(alike<Fetch>(fetch, [](Fetch& f) { f.dram_address += 64; }));
  EXPECT_FALSE(alike<Fetch>(fetch, [](Fetch& f) { f.dram_bytes += 1; }));
  EXPECT_FALSE(alike<Fetch>(fetch, [](Fetch& f) { f.buffer_address += 8; }));
  EXPECT_FALSE(alike<Fetch>(fetch, [](Fetch& f) { f.buffer_bytes += 1; }));
}

TEST(TimingSignature, of_a_write_back_are_its_bytes_its_channel_and_its_bank) {
  const WriteBack write{1000, 300, 500};
  EXPECT_TRUE(alike<WriteBack>(write, [](WriteBack& w) { w.dram_address += kDramLine; }));
  EXPECT_TRUE(alike<WriteBack>(write, [](WriteBack& w) { w.buffer_address += kBufferLine; }));
  EXPECT_FALSE(alike<WriteBack>(write, [](WriteBack& w) { w.dram_address += 64; }));
  EXPECT_FALSE(alike<WriteBack>(write, [](WriteBack& w) { w.bytes += 1; }));
  EXPECT_FALSE(alike<WriteBack>(write, [](WriteBack& w) { w.buffer_address += 1; }));
}

TEST(TimingSignature, of_a_load_are_its_receivers_its_bytes_and_its_bank_but_not_its_values) {
  Load load;
  load.pes = {0, 2, 2};
  load.bytes = 100;
  EXPECT_TRUE(alike<Load>(load, [](Load& l) { l.tile.first = 7; }));
  EXPECT_TRUE(alike<Load>(load, [](Load& l) { l.buffer_address += kBufferLine; }));
  EXPECT_FALSE(alike<Load>(load, [](Load& l) { l.buffer_address += 8; }));
  EXPECT_FALSE(alike<Load>(load, [](Load& l) { l.target = LoadTarget::operand_b; }));
  EXPECT_FALSE(alike<Load>(load, [](Load& l) { l.pes.first = 1; }));
  EXPECT_FALSE(alike<Load>(load, [](Load& l) { l.pes.count = 1; }));
  EXPECT_FALSE(alike<Load>(load, [](Load& l) { l.pes.stride = 1; }));
  EXPECT_FALSE(alike<Load>(load, [](Load& l) { l.slot = 1; }));
  EXPECT_FALSE(alike<Load>(load, [](Load& l) { l.bytes += 1; }));
}

Compute compute() {
  Compute compute;
  compute.groups = {0, 1, 1, 1};
  compute.rows = {0, 4, 4, 80};      // two grid positions of 4 rows
  compute.columns = {0, 8, 8, 240};  // three of 8 columns
  compute.vectors = 2;
  compute.useful_elements = 16;
  return compute;
}

TEST(TimingSignature, of_a_compute_are_the_shares_of_its_pes) {
  // Further along the axes, all shares are whole; nearer than a share to the end, the last is cut off.
  EXPECT_TRUE(alike<Compute>(compute(), [](Compute& c) { c.rows.first = 72; }));
  EXPECT_FALSE(alike<Compute>(compute(), [](Compute& c) { c.rows.first = 73; }));
  EXPECT_FALSE(alike<Compute>(compute(), [](Compute& c) { c.rows.first = 76; }));
  EXPECT_FALSE(alike<Compute>(compute(), [](Compute& c) { c.rows.first = 80; }));
  EXPECT_TRUE(alike<Compute>(compute(), [](Compute& c) { c.columns.first = 216; }));
  EXPECT_FALSE(alike<Compute>(compute(), [](Compute& c) { c.columns.first = 217; }));
  EXPECT_FALSE(alike<Compute>(compute(), [](Compute& c) { c.rows.count = 3; }));
  EXPECT_FALSE(alike<Compute>(compute(), [](Compute& c) { c.columns.step = 9; }));
  EXPECT_FALSE(alike<Compute>(compute(), [](Compute& c) { c.groups.first = 1; }));
}

TEST(TimingSignature, of_a_compute_are_its_vectors_slots_sums_and_bank) {
  EXPECT_TRUE(alike<Compute>(compute(), [](Compute& c) { c.first_vector = 5; }));
  EXPECT_TRUE(alike<Compute>(compute(), [](Compute& c) { c.product = 1; }));
  EXPECT_TRUE(alike<Compute>(compute(), [](Compute& c) { c.output_address += kBufferLine; }));
  EXPECT_FALSE(alike<Compute>(compute(), [](Compute& c) { c.output_address += 1; }));
  EXPECT_FALSE(alike<Compute>(compute(), [](Compute& c) { c.vectors = 3; }));
  EXPECT_FALSE(alike<Compute>(compute(), [](Compute& c) { c.useful_elements = 15; }));
  EXPECT_FALSE(alike<Compute>(compute(), [](Compute& c) { c.slot_a = 1; }));
  EXPECT_FALSE(alike<Compute>(compute(), [](Compute& c) { c.slot_b = 1; }));
  EXPECT_FALSE(alike<Compute>(compute(), [](Compute& c) { c.start = SumStart::restore; }));
  EXPECT_FALSE(alike<Compute>(compute(), [](Compute& c) { c.end = SumEnd::spill; }));
}

TEST(TimingSignature, of_vector_work_are_all_its_fields_and_its_bank) {
  VectorWork work;
  work.pes = 2;
  work.elements = work.input_bytes = work.output_bytes = 100;
  EXPECT_TRUE(alike<VectorWork>(work, [](VectorWork& w) { w.output_address += kBufferLine; }));
  EXPECT_FALSE(alike<VectorWork>(work, [](VectorWork& w) { w.output_address += 8; }));
  EXPECT_FALSE(alike<VectorWork>(work, [](VectorWork& w) { w.slot_b = 1; }));
  EXPECT_FALSE(alike<VectorWork>(work, [](VectorWork& w) { w.pes = 3; }));
  EXPECT_FALSE(alike<VectorWork>(work, [](VectorWork& w) { w.elements = 101; }));
  EXPECT_FALSE(alike<VectorWork>(work, [](VectorWork& w) { w.operations_per_element = 2; }));
  EXPECT_FALSE(alike<VectorWork>(work, [](VectorWork& w) { w.input_bytes = 99; }));
  EXPECT_FALSE(alike<VectorWork>(work, [](VectorWork& w) { w.output_bytes = 99; }));
}

TEST(TimingSignature, of_an_update_are_its_sizes_and_banks_but_not_its_parameters) {
  const Update update{0, 100, 700, 0, 600, 1024};
  EXPECT_TRUE(alike<Update>(update, [](Update& u) { u.first_parameter = 100; }));
  EXPECT_TRUE(alike<Update>(update, [](Update& u) { u.read_address += kBufferLine; }));
  EXPECT_TRUE(alike<Update>(update, [](Update& u) { u.write_address += kBufferLine; }));
  EXPECT_FALSE(alike<Update>(update, [](Update& u) { u.read_address += 1; }));
  EXPECT_FALSE(alike<Update>(update, [](Update& u) { u.write_address += 1; }));
  EXPECT_FALSE(alike<Update>(update, [](Update& u) { u.parameters = 99; }));
  EXPECT_FALSE(alike<Update>(update, [](Update& u) { u.read_bytes = 699; }));
  EXPECT_FALSE(alike<Update>(update, [](Update& u) { u.write_bytes = 599; }));
}

// All fields zero but for what their kinds cannot be without.
TEST(TimingSignature, of_commands_of_different_kinds_differ) {
  Program program;
  program.add(Fetch{}, {});
  program.add(WriteBack{}, {});
  program.add(Update{}, {});
  const auto signatures = timing_signatures(program, machine());
  EXPECT_NE(signatures[0], signatures[1]);
  EXPECT_NE(signatures[0], signatures[2]);
  EXPECT_NE(signatures[1], signatures[2]);
}

}  // namespace
}  // namespace lnsim
