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
  void load(LoadTarget target, std::uint8_t slot, std::uint64_t bytes,
            const OperandTile& tile = {0, 0, 0, 4, 0, 2}) {
    buffers.begin_fill(target, slot, bytes);
    buffers.end_fill({target, {}, slot, bytes, 0, tile}, nullptr);
  }

  OperandBuffers buffers{"pe_3", {1000, 64}, {200, 32}};
};

TEST_F(OperandBuffersTest, half_of_a_buffer_fits_into_a_slot) {
  load(LoadTarget::operand_a, 0, 500);
  load(LoadTarget::operand_a, 1, 500);
  load(LoadTarget::operand_b, 0, 100);
  EXPECT_EQ(message_of([&] { load(LoadTarget::operand_b, 1, 101); }),
            "pe_3: BufferB slot 1 of 100 bytes would hold 101");
  EXPECT_EQ(message_of([&] { load(LoadTarget::vector, 0, 101); }),
            "pe_3: BufferB slot 0 of 100 bytes would hold 101");
}

TEST_F(OperandBuffersTest, partial_sums_share_the_slot_of_their_operand) {
  load(LoadTarget::operand_a, 0, 400);
  load(LoadTarget::partial_sums, 0, 100);
  EXPECT_EQ(message_of([&] { load(LoadTarget::partial_sums, 0, 101); }),
            "pe_3: BufferA slot 0 of 500 bytes would hold 501");
}

TEST_F(OperandBuffersTest, a_new_operand_takes_the_room_of_sums_nobody_reads) {
  load(LoadTarget::operand_a, 0, 400);
  load(LoadTarget::partial_sums, 0, 100);
  load(LoadTarget::operand_a, 0, 500);
  EXPECT_EQ(message_of([&] { buffers.read_bytes(LoadTarget::partial_sums, 0, 1); }),
            "pe_3: the partial sums of BufferA slot 0 is read before it is filled");
}

TEST_F(OperandBuffersTest, a_slot_is_not_overwritten_while_it_is_read) {
  load(LoadTarget::operand_b, 1, 100);
  OperandBuffers::Area& area = buffers.read_operand(LoadTarget::operand_b, 1, {0, 0, 0, 4, 0, 2});
  EXPECT_EQ(message_of([&] { buffers.begin_fill(LoadTarget::operand_b, 1, 10); }),
            "pe_3: a load overwrites BufferB slot 1 while it is read");
  OperandBuffers::end_read(area);
  buffers.begin_fill(LoadTarget::operand_b, 1, 10);
}

TEST_F(OperandBuffersTest, a_slot_is_not_read_before_its_load_has_ended) {
  EXPECT_EQ(message_of([&] { buffers.read_operand(LoadTarget::operand_a, 0, {}); }),
            "pe_3: BufferA slot 0 is read before it is filled");
  buffers.begin_fill(LoadTarget::operand_a, 0, 10);
  EXPECT_EQ(message_of([&] { buffers.read_operand(LoadTarget::operand_a, 0, {}); }),
            "pe_3: BufferA slot 0 is read while it is filled");
}

TEST_F(OperandBuffersTest, a_slot_must_hold_what_the_pe_needs) {
  load(LoadTarget::operand_a, 0, 10, {1, 2, 8, 4, 6, 3});
  EXPECT_EQ(message_of([&] {
              buffers.read_operand(LoadTarget::operand_a, 0, {1, 2, 8, 4, 6, 3});
            }),
            "no error");
  EXPECT_EQ(message_of([&] {
              buffers.read_operand(LoadTarget::operand_a, 0, {1, 2, 11, 1, 8, 1});
            }),
            "no error");
  EXPECT_EQ(message_of([&] {
              buffers.read_operand(LoadTarget::operand_a, 0, {1, 2, 8, 5, 6, 3});
            }),
            "pe_3: BufferA slot 0 holds product 1 group 2 indices 8+4 vectors 6+3, but the PE needs product "
            "1 group 2 "
            "indices 8+5 vectors 6+3");
  for (const OperandTile& wrong :
       {OperandTile{0, 2, 8, 4, 6, 3}, {1, 0, 8, 4, 6, 3}, {1, 2, 7, 4, 6, 3}, {1, 2, 8, 4, 5, 3}}) {
    EXPECT_NE(message_of([&] { buffers.read_operand(LoadTarget::operand_a, 0, wrong); }), "no error");
  }
}

TEST_F(OperandBuffersTest, vector_data_must_be_as_long_as_the_pe_needs) {
  load(LoadTarget::vector, 0, 40);
  EXPECT_EQ(message_of([&] { buffers.read_bytes(LoadTarget::vector, 0, 41); }),
            "pe_3: BufferB slot 0 holds 40 bytes, but the PE needs 41");
}

TEST_F(OperandBuffersTest, there_are_two_slots) {
  EXPECT_EQ(message_of([&] { buffers.begin_fill(LoadTarget::operand_a, 2, 1); }),
            "pe_3: BufferA has no slot 2");
}

}  // namespace
}  // namespace lnsim
