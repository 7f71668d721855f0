// Programs that no machine of the given sizes can run, with the exact message.
#include "models/control/check_program.h"

#include <gtest/gtest.h>

#include "sim/base/errors.h"

namespace lnsim {
namespace {

std::string message_of(const Program& program) {
  AcceleratorParameters machine;
  machine.pe.count = 6;
  machine.pe.lanes = 4;
  machine.pe.vector_size = 8;
  machine.pe.collector_entries = 16;
  try {
    check_program(program, machine);
  } catch (const ModelError& error) {
    return error.what();
  }
  return "no error";
}

template <class Entry>
std::string message_of_command(const Entry& entry) {
  Program program;
  program.add(Fetch{0, 1, 0, 1}, {});
  program.add(entry, {});
  return message_of(program);
}

Load good_load() {
  Load load;
  load.bytes = 1;
  return load;
}

Compute good_compute() {
  Compute compute;
  compute.groups = {0, 1, 1, 1};
  compute.rows = {0, 4, 4, 4};
  compute.columns = {0, 16, 16, 16};
  compute.vectors = 2;
  compute.useful_elements = 16;
  return compute;
}

TEST(CheckProgram, accepts_commands_that_fit) {
  EXPECT_EQ(message_of({}), "no error");
  EXPECT_EQ(message_of_command(good_load()), "no error");
  EXPECT_EQ(message_of_command(good_compute()), "no error");
  EXPECT_EQ(message_of_command(VectorWork{}), "no error");
  EXPECT_EQ(message_of_command(WriteBack{0, 5, 0}), "no error");
  EXPECT_EQ(message_of_command(Update{0, 1, 1, 0, 1, 0}), "no error");
}

TEST(CheckProgram, wants_a_grid_that_fits_the_pes) {
  Program program;
  program.grid = {2, 2, 2};
  EXPECT_EQ(message_of(program), "program: a grid of 2 x 2 x 2 on 6 PEs");
  program.grid = {1, 0, 1};
  EXPECT_EQ(message_of(program), "program: a grid of 1 x 0 x 1 on 6 PEs");
}

TEST(CheckProgram, wants_commands_that_exist) {
  Program program;
  for (const Operation operation : {Operation::fetch, Operation::write_back, Operation::load,
                                    Operation::compute, Operation::vector_work, Operation::update}) {
    program.commands = {{operation, 3, {}}};
    EXPECT_EQ(message_of(program), "command 0: index 3 of a table of 0");
  }
}

TEST(CheckProgram, wants_something_to_move) {
  EXPECT_EQ(message_of_command(Fetch{0, 0, 0, 1}), "command 1: dram_bytes is 0");
  EXPECT_EQ(message_of_command(Fetch{0, 1, 0, 0}), "command 1: buffer_bytes is 0");
  EXPECT_EQ(message_of_command(Fetch{0, 1ULL << 32U, 0, 1}), "command 1: dram_bytes is 4294967296");
  EXPECT_EQ(message_of_command(WriteBack{}), "command 1: bytes is 0");
  EXPECT_EQ(message_of_command(Load{}), "command 1: bytes is 0");
  EXPECT_EQ(message_of_command(Update{0, 0, 1, 0, 1, 0}), "command 1: parameters is 0");
  EXPECT_EQ(message_of_command(Update{0, 1, 0, 0, 1, 0}), "command 1: read_bytes is 0");
  EXPECT_EQ(message_of_command(Update{0, 1, 1, 0, 0, 0}), "command 1: write_bytes is 0");
}

TEST(CheckProgram, wants_loads_to_reach_pes_that_exist_once) {
  Load load = good_load();
  load.pes = {1, 0, 1};
  EXPECT_EQ(message_of_command(load), "command 1: it reaches no PE");
  load.pes = {2, 3, 2};
  EXPECT_EQ(message_of_command(load), "command 1: it reaches PE 6 of 6");
  load.pes = {2, 2, 0};
  EXPECT_EQ(message_of_command(load), "command 1: it reaches the same PE twice");
  load.pes = {2, 1, 0};
  EXPECT_EQ(message_of_command(load), "no error");
  load.slot = 2;
  EXPECT_EQ(message_of_command(load), "command 1: its slot does not exist");
}

TEST(CheckProgram, wants_computes_the_collector_can_hold) {
  Compute compute = good_compute();
  compute.columns.count = 17;
  EXPECT_EQ(message_of_command(compute), "command 1: 17 columns, but the collector has 16 entries");
  compute = good_compute();
  compute.rows.count = 5;
  EXPECT_EQ(message_of_command(compute), "no error");
  compute.end = SumEnd::keep;
  EXPECT_EQ(message_of_command(compute), "command 1: the collector keeps the sums of one row block only");
  compute.end = SumEnd::emit;
  compute.start = SumStart::keep;
  EXPECT_EQ(message_of_command(compute), "command 1: the collector keeps the sums of one row block only");
}

TEST(CheckProgram, wants_computes_that_make_sense) {
  Compute compute = good_compute();
  compute.slot_b = 2;
  EXPECT_EQ(message_of_command(compute), "command 1: its slot does not exist");
  compute = good_compute();
  compute.vectors = 0;
  EXPECT_EQ(message_of_command(compute), "command 1: it has no vectors");
  compute = good_compute();
  compute.groups.count = 2;
  EXPECT_EQ(message_of_command(compute), "command 1: a PE works on one group at a time");
  compute = good_compute();
  compute.useful_elements = 17;
  EXPECT_EQ(message_of_command(compute), "command 1: more useful elements than its vectors hold");
}

TEST(CheckProgram, wants_vector_work_in_a_slot_and_of_a_size_that_exist) {
  VectorWork work;
  work.slot_b = 2;
  EXPECT_EQ(message_of_command(work), "command 1: its slot does not exist");
  work = {};
  work.pes = 1000000;
  EXPECT_EQ(message_of_command(work), "command 1: its PEs do not exist");
  work.pes = 0;
  EXPECT_EQ(message_of_command(work), "command 1: its PEs do not exist");
  work = {};
  work.output_bytes = 1ULL << 32U;
  EXPECT_EQ(message_of_command(work), "command 1: too many bytes");
}

}  // namespace
}  // namespace lnsim
