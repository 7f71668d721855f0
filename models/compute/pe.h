// Pe: a processing element's sequencer, operand fetch, vector lanes and accumulation collector.
//
// Work. A compute command's slice is cut into blocks of `lanes` rows; each block runs one pass per vector of
// the contraction: the A vectors of the block's rows are held in the lanes while one B vector per beat is
// multiplied with all of them, for each column of the slice.
//
// Latency and throughput. With
//   F = ceil(rows * vector_size * operand_a_bits / 8 / read port of BufferA)    cycles to fetch a pass's A
//   vectors, C = ceil(vector_size * operand_b_bits / 8 / read port of BufferB)           cycles per beat, R =
//   columns * ceil(rows * accumulator_bits / 8 / read port of BufferA)      cycles to restore a block, else
//   0, P = pipeline_stages,
// pass i starts in s(i) and ends in e(i) (first cycle after it):
//   s(i) = max(e(i-1), f(i)) without restore;  max(e(i-1) + P, f(i)) + R with it (the pipeline drains first)
//   e(i) = s(i) + columns * C + cycles stalled
//   f(i) = max(s(i-1), a(i)) + F                                                the fetch works one pass
//   ahead
// where a(i) is the cycle in which the pass's command is at the head of the queue and its dependencies are
// seen met. So undisturbed, a pass takes max(columns * C, F) cycles, across commands too. Two banks of lane
// registers take turns, which is why no cycle is lost between passes. `consumed` advances in e(last pass).
// The accumulator is read, added to and written in the pipeline's last stage alone, so the same column may
// follow itself in the next cycle: no stall for columns < P. In a block's last pass, unless its sums are
// kept, the column of a beat issued in cycle t reaches the PPU in t + P + 1. Its queue has P + 4 entries and
// a beat is issued only when there is an entry for its column: a slow PPU stalls issue. Empty slices complete
// in the cycle in which they reach the head of the queue, one per cycle. Vector work starts when the lanes
// are idle and holds up later commands until it ends, because it needs the read port of BufferB.
//
// Parameters: PeParameters, pipeline_stages of DatapathParameters.
// Channels: in: commands, ends of vector tasks; out: finished columns to the PPU, vector tasks.
// Counters: buffer_a.read_byte, buffer_b.read_byte, datapath.mac, datapath.idle_mac, collector.accumulate,
// collector.transfer_byte.
// State: the pass in the lanes, the pass being fetched, the commands they belong to, the restore under way.
// Several beats of an undisturbed pass are taken in one step (or one by one, with the same result:
// `stepping`).
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "models/compute/lane_values.h"
#include "models/compute/operand_buffers.h"
#include "models/compute/ppu.h"
#include "models/compute/slice.h"
#include "models/compute/vector_unit.h"
#include "models/control/controller.h"
#include "models/control/run_state.h"
#include "models/parameters.h"
#include "sim/base/unit.h"

namespace lnsim {

// Entries of the queue between lanes and PPU, those in the lanes' pipeline included.
constexpr std::size_t ppu_queue_entries(unsigned pipeline_stages) {
  return pipeline_stages + 4;
}

struct PeChannels {
  CommandQueue* commands = nullptr;
  Channel<FinishedColumn>* columns = nullptr;
  Channel<VectorTask>* vector_tasks = nullptr;
  Channel<std::uint32_t>* vector_ends = nullptr;
};

class Pe final : public MachineUnit {
 public:
  enum class Beats : std::uint8_t { streamed, stepped };

  Pe(const sc_core::sc_module_name& name, Simulation& simulation, const PeParameters& parameters,
     unsigned pipeline_stages, std::uint32_t position, Beats beats, RunState& run, OperandBuffers& buffers,
     const PeChannels& channels);

  void reset() override;
  std::string state() const override;
  void image(StateImage& image) const override;
  void list(SignalList& signals) const override;
  arith::SwitchingCounts switching() const { return values_.switching(); }

 protected:
  void step(Cycle now) override;

 private:
  // A compute command under way.
  struct Task {
    const Compute* compute = nullptr;
    ComputeSlice slice;
    OperandBuffers::Area* a = nullptr;
    OperandBuffers::Area* b = nullptr;
    OperandBuffers::Area* sums = nullptr;  // restore only
    std::uint32_t ordinal = 0;
    std::uint64_t output_address = 0;  // of the next column
  };

  struct Pass {
    std::uint32_t task = 0;       // index into tasks_
    std::uint32_t first_row = 0;  // within the slice
    std::uint32_t rows = 0;
    std::uint32_t vector = 0;  // within the command
    bool opens_block = false;
    bool closes_block = false;
    bool closes_task = false;
  };

  // Steps of a cycle, in order.
  void end_vector_work(Cycle now);
  void end_pass(Cycle now);
  void start_pass(Cycle now);
  void issue_beats(Cycle now);
  void fetch_pass(Cycle now);
  void report(Cycle now);

  std::string work_state() const;

  bool restore_block(Cycle now);
  void issue_beat(Cycle now);
  void send_column(Cycle now, std::uint32_t column);
  bool sends_columns() const;
  void count_pass();
  void restore_values();

  void next_command(Cycle now);
  void begin_compute(const Compute& compute, const ComputeSlice& slice, const QueuedCommand& command);
  void begin_vector_work(const VectorWork& work, std::uint32_t ordinal, Cycle now);
  Share share_of(const VectorWork& work, std::uint64_t amount) const;
  bool has_share(const VectorWork& work) const;
  void complete_without_work(std::uint32_t ordinal, Cycle now);
  void count_task(const Task& task);
  void image_task(StateImage& image, std::uint32_t task) const;
  void image_pass(StateImage& image, const Pass& pass) const;
  void next_pass(Pass& pass);

  PeParameters parameters_;
  unsigned pipeline_stages_;
  std::uint32_t position_;
  Beats beats_;
  RunState& run_;
  Waiter waiter_;
  OperandBuffers& buffers_;
  PeChannels channels_;
  BusyReport busy_;
  LaneValues values_;

  Cycle beat_cycles_ = 1;            // of the program
  const Compute* sliced_ = nullptr;  // the last command at the head of the queue, and this PE's slice of it
  ComputeSlice slice_;

  std::array<Task, 2> tasks_;  // the lanes may work on one while the next one is fetched
  std::uint32_t fetch_task_ = 0;
  bool fetching_ = false;        // fetch_task_ has passes left
  std::uint32_t fetch_row_ = 0;  // of its next pass
  std::uint32_t fetch_vector_ = 0;

  bool shadow_full_ = false;  // a pass is fetched, or being fetched
  Pass shadow_;
  Cycle shadow_ready_ = 0;

  bool active_ = false;  // a pass is in the lanes
  bool stalled_ = false;
  Pass pass_;
  std::uint32_t next_column_ = 0;
  Cycle lanes_free_ = 0;
  Cycle drained_ = 0;        // the last pass has left the pipeline
  Cycle restored_ = kNever;  // end of the restore under way

  bool vector_working_ = false;
  OperandBuffers::Area* vector_input_ = nullptr;
};

}  // namespace lnsim
