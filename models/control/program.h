// The program of tile commands that the controller executes: the contract between the compiler (sim/run) and
// the machine.
//
// Each command belongs to one queue. The controller issues commands in program order, one per cycle, into the
// queue of the unit that executes them; a unit executes its queue in order and starts a command when its
// dependencies hold. A dependency is "this progress counter has reached this value": every queue counts the
// commands it has completed, so a dependency can only name work issued earlier and programs cannot wait in a
// circle.
//
// Commands for the PEs go to all PEs at once; each PE takes its own slice by its position in the grid and
// finds an empty slice where the operation has run out. Progress counters of the PEs advance when the slowest
// PE has got there.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace lnsim {

enum class Counter : std::uint8_t {
  fetched,       // fetch commands: the last byte is in the global buffer
  written_back,  // write-back commands: the last byte is in DRAM
  loaded,        // load commands: the last byte is in the buffers of every receiving PE
  consumed,      // PE commands: every PE has read its operands for the last time
  produced,      // PE commands: the last output of every PE is in the global buffer
  updated,       // update commands: the last new weight is in the global buffer
  count
};
inline constexpr std::size_t kCounterCount = static_cast<std::size_t>(Counter::count);
inline constexpr std::array<std::string_view, kCounterCount> kCounterNames{
    "fetched", "written_back", "loaded", "consumed", "produced", "updated"};

// Wait until every progress counter has reached its value. 0 waits for nothing.
struct Dependencies {
  std::array<std::uint32_t, kCounterCount> at_least{};

  void require(Counter counter, std::uint32_t value) {
    auto& current = at_least[static_cast<std::size_t>(counter)];
    if (current < value) current = value;
  }
  std::uint32_t operator[](Counter counter) const { return at_least[static_cast<std::size_t>(counter)]; }
};

// PE p of the grid works on group slice p / (rows * columns), row slice (p / columns) % rows and column slice
// p % columns. groups * rows * columns <= PE count; PEs beyond the product get empty slices.
struct PeGrid {
  std::uint32_t groups = 1;
  std::uint32_t rows = 1;
  std::uint32_t columns = 1;
  std::uint32_t pes() const { return groups * rows * columns; }
  bool operator==(const PeGrid&) const = default;
};

// PEs first, first + stride, ..., count of them.
struct PeSet {
  std::uint32_t first = 0;
  std::uint32_t count = 1;
  std::uint32_t stride = 1;
};

// DRAM -> global buffer. The two byte counts differ where the DMA engine changes the format on the way
// (stored weights are read in their update format and rounded to the operand format).
struct Fetch {
  std::uint64_t dram_address = 0;
  std::uint64_t dram_bytes = 0;
  std::uint64_t buffer_address = 0;
  std::uint64_t buffer_bytes = 0;
};

// Global buffer -> DRAM.
struct WriteBack {
  std::uint64_t dram_address = 0;
  std::uint64_t bytes = 0;
  std::uint64_t buffer_address = 0;
};

enum class LoadTarget : std::uint8_t {
  operand_a,     // into a slot of BufferA
  operand_b,     // into a slot of BufferB
  partial_sums,  // into BufferA beside the operand of the same slot: accumulators to continue from
  vector         // into a slot of BufferB, each PE of the set receiving an equal share (no multicast)
};

// A rectangle of an operand matrix, for the values: rows (output rows for A, output columns for B) by
// vectors.
struct OperandTile {
  std::uint32_t product = 0;  // of the operation (a strided input gradient has one per phase)
  std::uint32_t group = 0;
  std::uint32_t first = 0;         // first row (A) or column (B)
  std::uint32_t count = 0;         // rows (A) or columns (B)
  std::uint32_t first_vector = 0;  // contraction, in vectors of vector_size
  std::uint32_t vectors = 0;
};

// Global buffer -> buffers of one or more PEs, over the operand bus. `bytes` counts each element the PEs need
// once; a multicast moves them once for all PEs of the set.
struct Load {
  LoadTarget target = LoadTarget::operand_a;
  PeSet pes;
  std::uint8_t slot = 0;
  std::uint64_t bytes = 0;
  std::uint64_t buffer_address = 0;
  OperandTile tile;  // operand_a and operand_b only
};

enum class SumStart : std::uint8_t {
  keep,
  zero,
  restore
};                                                       // collector before the first vector of this command
enum class SumEnd : std::uint8_t { keep, spill, emit };  // collector after the last one

// One axis of a PE command's output: the slice of grid position i starts at first + i * step and holds
// `count` indices, cut off at `end`.
struct SliceAxis {
  std::uint32_t first = 0;
  std::uint32_t step = 0;
  std::uint32_t count = 0;
  std::uint32_t end = 0;

  std::uint32_t begin_of(std::uint32_t position) const { return first + position * step; }
  std::uint32_t count_of(std::uint32_t position) const {
    const std::uint32_t begin = begin_of(position);
    return begin >= end ? 0 : (count < end - begin ? count : end - begin);
  }
};

// PE command: multiply-accumulate of the tiles in a slot of BufferA and a slot of BufferB.
//
// A PE works through its rows in blocks of `lanes` and, for each block, through the vectors, holding each A
// vector for all columns. More than one row block needs start != keep and end != keep (the collector holds
// one block); columns <= collector entries.
struct Compute {
  std::uint32_t product = 0;
  std::uint8_t slot_a = 0;
  std::uint8_t slot_b = 0;
  SliceAxis groups;   // one group per PE: count 1
  SliceAxis rows;     // of A
  SliceAxis columns;  // of B
  std::uint32_t first_vector = 0;
  std::uint32_t vectors = 0;
  SumStart start = SumStart::zero;
  SumEnd end = SumEnd::emit;
  std::uint64_t useful_elements = 0;  // elements of the contraction in these vectors that are not packing
  std::uint64_t output_address = 0;   // in the global buffer, of the first PE's output
};

// PE command: element-wise work on a slot of BufferB, spread evenly over the first `pes` PEs.
struct VectorWork {
  std::uint8_t slot_b = 0;
  std::uint32_t pes = 1;
  std::uint64_t elements = 0;  // of all these PEs together; each takes ceil or floor of an even share
  std::uint32_t operations_per_element = 1;
  std::uint64_t input_bytes = 0;   // of all PEs together, read once from BufferB
  std::uint64_t output_bytes = 0;  // of all PEs together, returned to the global buffer
  std::uint64_t output_address = 0;
};

// Weight-update units: read stored weights, gradients and optimizer state from the global buffer, write
// weights and state.
struct Update {
  std::uint64_t first_parameter = 0;
  std::uint64_t parameters = 0;
  std::uint64_t read_bytes = 0;
  std::uint64_t read_address = 0;
  std::uint64_t write_bytes = 0;
  std::uint64_t write_address = 0;
};

enum class Operation : std::uint8_t { fetch, write_back, load, compute, vector_work, update };

// The counter that a command advances once it is complete; PE commands advance `consumed`, too.
Counter completion_of(Operation operation);

struct Command {
  Operation operation = Operation::fetch;
  std::uint32_t index = 0;  // into the vector of its kind in Program
  Dependencies after;
};

struct Program {
  PeGrid grid;
  std::vector<Command> commands;  // in issue order
  std::vector<Fetch> fetches;
  std::vector<WriteBack> write_backs;
  std::vector<Load> loads;
  std::vector<Compute> computes;
  std::vector<VectorWork> vector_works;
  std::vector<Update> updates;

  // Widths as stored, per element: the operands, an emitted value, and a spilled sum.
  std::uint32_t operand_a_bits = 8;
  std::uint32_t operand_b_bits = 8;
  std::uint32_t output_bits = 8;
  std::uint32_t accumulator_bits = 24;

  // Each appends a command to its queue and returns the value of its progress counter once the command is
  // complete (consumed and produced count compute and vector_work together).
  std::uint32_t add(const Fetch& fetch, const Dependencies& after);
  std::uint32_t add(const WriteBack& write_back, const Dependencies& after);
  std::uint32_t add(const Load& load, const Dependencies& after);
  std::uint32_t add(const Compute& compute, const Dependencies& after);
  std::uint32_t add(const VectorWork& work, const Dependencies& after);
  std::uint32_t add(const Update& update, const Dependencies& after);
};

}  // namespace lnsim
