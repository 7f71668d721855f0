// Slots of a PE's buffers: what a program may not do with them, with the exact message.
#include "models/compute/operand_buffers.h"

#include <gtest/gtest.h>

#include <functional>

#include "sim/base/errors.h"

namespace lnsim {
namespace {

std::string message_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const ModelError& error) {
    return error.what();
  }
  return "no error";
}

class OperandBuffersTest : public ::testing::Test {
 protected:
  // The loads are numbered from 0 in the order of the calls.
  void load(LoadTarget target, std::uint8_t slot, std::uint64_t bytes,
            const OperandTile& tile = {0, 0, 0, 4, 0, 2}) {
    buffers.begin_fill(target, slot, bytes, loads++);
    buffers.end_fill({target, {}, slot, bytes, 0, tile}, nullptr);
  }

  std::uint32_t loads = 0;
  OperandBuffers buffers{"pe_3", {1000, 64}, {200, 32}};
};

TEST_F(OperandBuffersTest, half_of_a_buffer_fits_into_a_slot) {
  load(LoadTarget::operand_a, 0, 500);
  load(LoadTarget::operand_a, 1, 500);
  load(LoadTarget::operand_b, 0, 100);
  EXPECT_EQ(message_of([&] { load(LoadTarget::operand_b, 1, 101); }),
            "pe_3: BufferB slot 1 has 100 bytes, but load 3 wants 101");
  EXPECT_EQ(message_of([&] { load(LoadTarget::vector, 0, 101); }),
            "pe_3: BufferB slot 0 has 100 bytes, but load 4 wants 101");
}

TEST_F(OperandBuffersTest, partial_sums_share_the_slot_of_their_operand) {
  load(LoadTarget::operand_a, 0, 400);
  load(LoadTarget::partial_sums, 0, 100);
  EXPECT_EQ(message_of([&] { load(LoadTarget::partial_sums, 0, 101); }),
            "pe_3: BufferA slot 0 has 500 bytes, but load 2 wants 101 beside the 400 of load 0");
}

TEST_F(OperandBuffersTest, a_new_operand_takes_the_room_of_sums_nobody_reads) {
  load(LoadTarget::operand_a, 0, 400);
  load(LoadTarget::partial_sums, 0, 100);
  load(LoadTarget::operand_a, 0, 500);
  EXPECT_EQ(message_of([&] { buffers.read_bytes(LoadTarget::partial_sums, 0, 1, 6); }),
            "pe_3: PE command 6 reads the partial sums of BufferA slot 0 before it is filled");
}

TEST_F(OperandBuffersTest, a_slot_is_not_overwritten_while_it_is_read) {
  load(LoadTarget::operand_b, 1, 100);
  OperandBuffers::Area& area = buffers.read_operand(LoadTarget::operand_b, 1, {0, 0, 0, 4, 0, 2}, 8);
  EXPECT_EQ(message_of([&] { buffers.begin_fill(LoadTarget::operand_b, 1, 10, 5); }),
            "pe_3: load 5 overwrites BufferB slot 1, which PE command 8 still reads");
  OperandBuffers::end_read(area);
  buffers.begin_fill(LoadTarget::operand_b, 1, 10, 5);
}

TEST_F(OperandBuffersTest, a_slot_is_not_read_before_its_load_has_ended) {
  EXPECT_EQ(message_of([&] { buffers.read_operand(LoadTarget::operand_a, 0, {}, 3); }),
            "pe_3: PE command 3 reads BufferA slot 0 before it is filled");
  buffers.begin_fill(LoadTarget::operand_a, 0, 10, 4);
  EXPECT_EQ(message_of([&] { buffers.read_operand(LoadTarget::operand_a, 0, {}, 3); }),
            "pe_3: PE command 3 reads BufferA slot 0 while load 4 fills it");
}

TEST_F(OperandBuffersTest, a_slot_must_hold_what_the_pe_needs) {
  load(LoadTarget::operand_a, 0, 10, {1, 2, 8, 4, 6, 3});
  EXPECT_EQ(message_of([&] {
              buffers.read_operand(LoadTarget::operand_a, 0, {1, 2, 8, 4, 6, 3}, 7);
            }),
            "no error");
  EXPECT_EQ(message_of([&] {
              buffers.read_operand(LoadTarget::operand_a, 0, {1, 2, 11, 1, 8, 1}, 7);
            }),
            "no error");
  EXPECT_EQ(message_of([&] {
              buffers.read_operand(LoadTarget::operand_a, 0, {1, 2, 8, 5, 6, 3}, 7);
            }),
            "pe_3: BufferA slot 0 holds product 1 group 2 indices 8+4 vectors 6+3 (load 0), but PE command 7 needs "
            "product 1 group 2 indices 8+5 vectors 6+3");
  for (const OperandTile& wrong :
       {OperandTile{0, 2, 8, 4, 6, 3}, {1, 0, 8, 4, 6, 3}, {1, 2, 7, 4, 6, 3}, {1, 2, 8, 4, 5, 3}}) {
    EXPECT_NE(message_of([&] { buffers.read_operand(LoadTarget::operand_a, 0, wrong, 7); }), "no error");
  }
}

TEST_F(OperandBuffersTest, vector_data_must_be_as_long_as_the_pe_needs) {
  load(LoadTarget::vector, 0, 40);
  EXPECT_EQ(message_of([&] { buffers.read_bytes(LoadTarget::vector, 0, 41, 2); }),
            "pe_3: BufferB slot 0 holds 40 bytes (load 0), but PE command 2 needs 41");
}

TEST_F(OperandBuffersTest, there_are_two_slots) {
  EXPECT_EQ(message_of([&] { buffers.begin_fill(LoadTarget::operand_a, 2, 1, 0); }),
            "pe_3: BufferA has no slot 2");
}

}  // namespace
}  // namespace lnsim
