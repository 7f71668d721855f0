// The PE's lanes: cycles of the formula in models/compute/pe.h, seen at its queue to the PPU.
//
// All programs are seen at the head of the queue in cycle 11 (pushed in 10), with P = 5 pipeline stages, so
// that the first pass starts in 11 + F and a column whose beat is issued in t is taken in t + 6.
#include "models/compute/pe.h"

#include <gtest/gtest.h>

#include "tests/timing/probes.h"
#include "tests/timing/programs.h"

namespace lnsim {
namespace {

using test::Cycles;
using test::Lab;
using test::Sink;
using test::Source;

struct PeCase {
  PeParameters parameters = test::small_machine().pe;  // 4 lanes x 8 elements; F = 1 for 4 rows, C = 1
  Program program;
  Cycle ppu_opens = 0;
  Pe::Beats beats = Pe::Beats::streamed;
  std::uint32_t rows_held = 64;
};

class PeLab {
 public:
  explicit PeLab(PeCase test_case)
      : case_(std::move(test_case)),
        buffers_("pe_0", case_.parameters.buffer_a, case_.parameters.buffer_b),
        commands_(lab.simulation, 8),
        columns_(lab.simulation, ppu_queue_entries(5), 6),
        tasks_(lab.simulation, 1),
        ends_(lab.simulation, 1) {
    case_.parameters.count = 1;
    lab.state.program = &case_.program;
    lab.state.scoreboard.begin(case_.program, 1);
    fill_slots();
    std::vector<std::pair<Cycle, QueuedCommand>> script;
    for (std::uint32_t i = 0; i < case_.program.commands.size(); ++i)
      script.emplace_back(10, QueuedCommand{i, i, 0, case_.program.commands[i].after});
    const PeChannels channels{&commands_, &columns_, &tasks_, &ends_};
    pe_ = std::make_unique<Pe>("pe_0", lab.simulation, case_.parameters, 5, 0, case_.beats, lab.state,
                               buffers_, channels);
    source_ = std::make_unique<Source<QueuedCommand>>("source", lab, commands_, script);
    ends_source_ = std::make_unique<Source<std::uint32_t>>("ends", lab, ends_,
                                                           std::vector<std::pair<Cycle, std::uint32_t>>{});
    ppu = std::make_unique<Sink<FinishedColumn>>("ppu", lab, columns_, case_.ppu_opens);
    vector_unit_ = std::make_unique<Sink<VectorTask>>("vector_unit", lab, tasks_);
    commands_.connect(*source_, *pe_);
    columns_.connect(*pe_, *ppu);
    tasks_.connect(*pe_, *vector_unit_);
    ends_.connect(*ends_source_, *pe_);
    EXPECT_EQ(lab.run(), Simulation::End::idle);
  }

  Cycle consumed() const { return lab.state.scoreboard.last_advance(); }
  std::uint64_t count(Event event) { return lab.state.events[event]; }

  Lab lab;
  std::unique_ptr<Sink<FinishedColumn>> ppu;

 private:
  void fill_slots() {
    for (std::uint8_t slot = 0; slot < kSlots; ++slot) {
      fill({LoadTarget::operand_a, {}, slot, 256, 0, {0, 0, 0, case_.rows_held, 0, 64}});
      fill({LoadTarget::operand_b, {}, slot, 256, 0, {0, 0, 0, 64, 0, 64}});
      fill({LoadTarget::partial_sums, {}, slot, 1024, 0, {}});
    }
  }
  void fill(const Load& load) {
    buffers_.begin_fill(load.target, load.slot, load.bytes, 0);
    buffers_.end_fill(load, nullptr);
  }

  PeCase case_;
  OperandBuffers buffers_;
  CommandQueue commands_;
  Channel<FinishedColumn> columns_;
  Channel<VectorTask> tasks_;
  Channel<std::uint32_t> ends_;
  std::unique_ptr<Pe> pe_;
  std::unique_ptr<Source<QueuedCommand>> source_;
  std::unique_ptr<Source<std::uint32_t>> ends_source_;
  std::unique_ptr<Sink<VectorTask>> vector_unit_;
};

Compute compute(std::uint32_t rows, std::uint32_t columns, std::uint32_t vectors) {
  return test::compute_all({rows, columns, vectors, {}}, 8);
}

Compute kept(Compute command) {
  command.end = SumEnd::keep;
  return command;
}

PeCase with(std::initializer_list<Compute> commands) {
  PeCase result;
  for (const Compute& command : commands) result.program.add(command, {});
  return result;
}

Cycles run_of(Cycle first, Cycle last) {
  Cycles cycles;
  for (Cycle c = first; c <= last; ++c) cycles.push_back(c);
  return cycles;
}

TEST(Pe, issues_its_first_beat_one_fetch_after_the_command_is_at_the_head) {
  // beats in 12 .. 15, columns 6 later
  EXPECT_EQ(PeLab(with({compute(4, 4, 1)})).ppu->cycles(), run_of(18, 21));
}

TEST(Pe, multiplies_one_column_per_cycle_and_loses_none_between_passes) {
  // 3 passes of 4 beats: 12 .. 23, the last of them sends its columns
  EXPECT_EQ(PeLab(with({compute(4, 4, 3)})).ppu->cycles(), run_of(20 + 6, 23 + 6));
}

TEST(Pe, works_through_its_rows_block_by_block) {
  // 10 rows: blocks of 4, 4 and 2 rows, 2 passes of 3 beats each
  PeLab run(with({compute(10, 3, 2)}));
  EXPECT_EQ(run.ppu->cycles(), (Cycles{21, 22, 23, 27, 28, 29, 33, 34, 35}));
  EXPECT_EQ(run.ppu->values().back().rows, 2U);
  EXPECT_TRUE(run.ppu->values().back().last);
  EXPECT_FALSE(run.ppu->values().front().last);
}

TEST(Pe, consumes_its_operands_with_the_last_beat) {
  // e = 12 + 3 * 4
  EXPECT_EQ(PeLab(with({kept(compute(4, 4, 3))})).consumed(), 24U);
}

TEST(Pe, is_held_to_the_fetch_when_a_pass_is_shorter_than_it) {
  // F = 4 * 8 / 8 = 4 > 2 columns: s = 15, 19, 23; e = 25
  PeCase narrow = with({kept(compute(4, 2, 3))});
  narrow.parameters.buffer_a.read_bytes_per_cycle = 8;
  EXPECT_EQ(PeLab(narrow).consumed(), 25U);
}

TEST(Pe, hides_the_fetch_behind_a_pass_that_is_as_long) {
  // F = 4 = columns: s = 15, 19, 23; e = 27
  PeCase narrow = with({kept(compute(4, 4, 3))});
  narrow.parameters.buffer_a.read_bytes_per_cycle = 8;
  EXPECT_EQ(PeLab(narrow).consumed(), 27U);
}

TEST(Pe, takes_more_cycles_per_beat_when_the_port_of_buffer_b_is_narrow) {
  // C = ceil(8 / 3) = 3: e = 12 + 2 * 4 * 3
  PeCase narrow = with({kept(compute(4, 4, 2))});
  narrow.parameters.buffer_b.read_bytes_per_cycle = 3;
  EXPECT_EQ(PeLab(narrow).consumed(), 36U);
}

TEST(Pe, fetches_for_the_next_command_while_the_last_one_works) {
  // two commands of 4 beats each: 12 .. 19
  EXPECT_EQ(PeLab(with({kept(compute(4, 4, 1)), kept(compute(4, 4, 1))})).consumed(), 20U);
}

TEST(Pe, starts_a_command_once_its_dependency_is_seen) {
  // the first is consumed in 16, seen in 17, fetched by 18; e = 22
  PeCase chain = with({kept(compute(4, 4, 1))});
  chain.program.add(kept(compute(4, 4, 1)), test::after(Counter::consumed, 1));
  EXPECT_EQ(PeLab(chain).consumed(), 22U);
}

TEST(Pe, restores_a_block_before_its_first_pass) {
  // R = 4 columns * ceil(4 rows * 24 bit / 8 / 32) = 4: s = 12 + 4; e = 20
  Compute continued = kept(compute(4, 4, 1));
  continued.start = SumStart::restore;
  PeLab run(with({continued}));
  EXPECT_EQ(run.consumed(), 20U);
  EXPECT_EQ(run.count(Event::collector_transfer_byte), 4U * 12);
  EXPECT_EQ(run.count(Event::buffer_a_read_byte), 4U * 12 + 32);
}

TEST(Pe, restores_only_after_the_last_block_has_left_the_pipeline) {
  // block 1 ends in e = 16 after R = 4 and 4 beats from 16: e = 20; drained 25; R = 4; s = 29; e = 33
  Compute continued = compute(8, 4, 1);
  continued.start = SumStart::restore;
  EXPECT_EQ(PeLab(with({continued})).ppu->cycles(), (Cycles{22, 23, 24, 25, 35, 36, 37, 38}));
}

TEST(Pe, spills_accumulators_as_wide_as_they_are) {
  Compute spilled = compute(4, 2, 1);
  spilled.end = SumEnd::spill;
  PeLab run(with({spilled}));
  EXPECT_EQ(run.ppu->values().front().bytes, 12U);
  EXPECT_FALSE(run.ppu->values().front().quantise);
  EXPECT_EQ(run.ppu->values().back().address, 32768U + 12);
  EXPECT_EQ(run.count(Event::collector_transfer_byte), 24U);
}

TEST(Pe, stalls_when_the_queue_to_the_ppu_is_full) {
  // 12 columns, 9 entries: beats in 12 .. 20, then the PPU opens in 40: entries free up in 41, 42, 43
  PeCase slow = with({compute(12, 4, 1)});
  slow.ppu_opens = 40;
  PeLab run(slow);
  EXPECT_EQ(run.ppu->cycles(), run_of(40, 51));
  // the beats of columns 9, 10 and 11 are issued in 41, 42, 43
  EXPECT_EQ(run.consumed(), 44U);
}

TEST(Pe, counts_the_slots_it_could_not_fill_as_idle) {
  // 10 rows in 3 blocks, 3 columns, 2 vectors with 13 useful elements of 16
  Compute ragged = compute(10, 3, 2);
  ragged.useful_elements = 13;
  PeLab run(with({ragged}));
  EXPECT_EQ(run.count(Event::datapath_mac), 10U * 3 * 13);
  EXPECT_EQ(run.count(Event::datapath_idle_mac), 3U * 2 * 3 * 4 * 8 - 10 * 3 * 13);
  EXPECT_EQ(run.count(Event::collector_accumulate), 10U * 3 * 2);
  EXPECT_EQ(run.count(Event::buffer_a_read_byte), 10U * 8 * 2);
  EXPECT_EQ(run.count(Event::buffer_b_read_byte), 3U * 2 * 3 * 8);
}

TEST(Pe, completes_an_empty_slice_when_it_is_at_the_head) {
  Compute beyond = compute(4, 4, 1);
  beyond.rows = {8, 4, 4, 8};
  EXPECT_EQ(PeLab(with({beyond})).consumed(), 11U);
}

TEST(Pe, gives_the_same_cycles_beat_by_beat) {
  for (const bool stepped : {false, true}) {
    PeCase mixed = with({compute(10, 3, 2), kept(compute(4, 4, 3)), compute(4, 7, 5)});
    mixed.parameters.buffer_a.read_bytes_per_cycle = 8;
    mixed.beats = stepped ? Pe::Beats::stepped : Pe::Beats::streamed;
    // command 1: F = 4 (2 for 2 rows): s = 15, 19, 23, 27, 31, 33; e = 36
    // command 2 (F = 4, 4 columns): s = max(36, 33 + 4) = 37, 41, 45; e = 49
    // command 3 (7 columns): s = 49, 56, 63, 70, 77; columns of the last pass 77 .. 83, taken 83 .. 89
    PeLab run(mixed);
    const Cycles& taken = run.ppu->cycles();
    ASSERT_EQ(taken.size(), 9U + 7);
    EXPECT_EQ(Cycles(taken.end() - 7, taken.end()), run_of(83, 89));
    EXPECT_EQ(run.consumed(), 84U);
  }
}

}  // namespace
}  // namespace lnsim
