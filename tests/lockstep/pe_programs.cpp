#include "tests/lockstep/pe_programs.h"

#include <algorithm>
#include <array>
#include <random>

#include "models/compute/slice.h"
#include "sim/base/clock.h"

namespace lnsim::lockstep {
namespace {

class Generator {
 public:
  Generator(const PeMachine& machine, std::uint64_t seed)
      : machine_(machine), pe_(machine.parameters.pe), random_(seed) {
    Program& p = result_.program;
    p.grid = {draw(1, 2), draw(1, 3), draw(1, 3)};
    p.operand_a_bits = machine.bits_a();
    p.operand_b_bits = machine.bits_b();
    p.output_bits = machine.output->storage_bits();
    p.accumulator_bits = machine.datapath->accumulator_bits();
    result_.position = draw(0, p.grid.groups * p.grid.rows * p.grid.columns - 1);
  }

  RandomPeProgram make() {
    for (std::uint32_t i = draw(4, 9); i > 0; --i) {
      other_commands();
      const std::uint32_t kind = draw(0, 9);
      if (kind < 7) {
        chain();
      } else if (kind == 7) {
        empty_compute();
      } else {
        vector_work();
      }
    }
    return std::move(result_);
  }

 private:
  // One chain's place: the same rows and columns in all its commands.
  struct Place {
    Compute compute;
    ComputeSlice slice;
  };

  std::uint32_t draw(std::uint32_t low, std::uint32_t high) {
    return low + static_cast<std::uint32_t>(random_() % (high - low + 1));
  }
  bool chance(unsigned percent) { return draw(0, 99) < percent; }

  static std::uint64_t half(const BufferParameters& buffer) { return buffer.capacity_bytes / 2; }
  std::uint64_t vector_bytes(std::uint32_t vectors, std::uint32_t bits) const {
    return packed_size(std::uint64_t{vectors} * pe_.vector_size, bits);
  }
  std::uint64_t words(std::uint64_t bytes, std::uint64_t bits) const { return bytes * 8 / bits; }

  // What moves no data of this PE, but counters.
  void other_commands() {
    for (std::uint32_t i = draw(0, 2); i > 0; --i) fetched_ = result_.program.add(Fetch{0, 64, 0, 64}, {});
    if (chance(30)) result_.program.add(Update{0, 1, 1, 0, 1, 0}, {});
  }

  Dependencies dependencies_of_load(LoadTarget target, std::uint8_t slot) {
    Dependencies after;
    after.require(Counter::consumed, readers_[target == LoadTarget::operand_a ? 0 : 1][slot]);
    if (chance(30)) after.require(Counter::fetched, fetched_);
    return after;
  }

  void add_load(const Load& load, const Dependencies& after) { loaded_ = result_.program.add(load, after); }

  // A load of a PE's rectangle, of more around it where there is room, or of some other PE's.
  void load_operand(LoadTarget target, std::uint8_t slot, OperandTile tile, bool reaches) {
    const bool is_a = target == LoadTarget::operand_a;
    const std::uint32_t bits = is_a ? machine_.bits_a() : machine_.bits_b();
    const BufferParameters& buffer = is_a ? pe_.buffer_a : pe_.buffer_b;
    OperandTile larger = tile;
    const std::uint32_t before = std::min(tile.first, draw(0, 2)),
                        vectors_before = std::min(tile.first_vector, draw(0, 1));
    larger.first -= before;
    larger.count += before + draw(0, 1);
    larger.first_vector -= vectors_before;
    larger.vectors += vectors_before + draw(0, 1);
    const auto bytes_of = [&](const OperandTile& t) { return vector_bytes(t.count * t.vectors, bits); };
    const std::uint64_t room = half(buffer) - (is_a ? reserved_sum_bytes_ : 0);
    if (chance(50) && bytes_of(larger) <= room) tile = larger;
    Load load;
    load.target = target;
    load.pes = {reaches ? result_.position : result_.position + 1, 1, 1};
    load.slot = slot;
    load.bytes = std::max<std::uint64_t>(1, bytes_of(tile));
    load.tile = tile;
    add_load(load, dependencies_of_load(target, slot));
  }

  std::uint32_t add_compute(const Compute& compute) {
    Dependencies after;
    after.require(Counter::loaded, loaded_);
    if (chance(15)) after.require(Counter::consumed, commands_);
    commands_ = result_.program.add(compute, after);
    readers_[0][compute.slot_a] = readers_[1][compute.slot_b] = commands_;
    return commands_;
  }

  std::uint64_t output_address() {
    address_ += draw(0, 40);
    const std::uint64_t address = address_;
    address_ += 4096;
    return address;
  }

  SliceAxis axis(std::uint32_t count, std::uint32_t positions) {
    SliceAxis result;
    result.first = draw(0, 5);
    result.count = result.step = count;
    result.end = result.first + count * positions - (chance(50) ? draw(0, count) : 0);
    return result;
  }

  Place place(bool kept) {
    const PeGrid& grid = result_.program.grid;
    Place place;
    Compute& c = place.compute;
    c.product = draw(0, 3);
    c.groups = {draw(0, 3), 1, 1, 8};
    c.rows = axis(kept ? draw(1, pe_.lanes) : draw(1, pe_.lanes * 3), grid.rows);
    c.columns = axis(draw(1, pe_.collector_entries), grid.columns);
    place.slice = slice_of(c, grid, result_.position);
    return place;
  }

  // Rows of a chain and vectors of its longest command that fit the slots, together with its sums.
  bool fits(const Place& p, std::uint32_t vectors, bool spilled) {
    const ComputeSlice& s = p.slice;
    const std::uint64_t blocks = ceil_div(s.rows, pe_.lanes);
    const std::uint64_t sum_words =
        words(half(pe_.buffer_a), std::uint64_t{pe_.lanes} * result_.program.accumulator_bits);
    if (spilled && blocks * s.columns > sum_words) return false;
    reserved_sum_bytes_ =
        spilled ? packed_size(std::uint64_t{s.rows} * s.columns, result_.program.accumulator_bits) : 0;
    return vector_bytes(s.rows * vectors, machine_.bits_a()) + reserved_sum_bytes_ <= half(pe_.buffer_a) &&
           vector_bytes(s.columns * vectors, machine_.bits_b()) <= half(pe_.buffer_b);
  }

  // Several commands into the same sums.
  void chain() {
    const bool kept = chance(50);
    const std::uint32_t commands = draw(1, 4);
    std::uint32_t longest = draw(1, 4);
    Place p = place(kept);
    while (!p.slice.empty() && !fits(p, longest, !kept)) {
      p = place(kept);
      longest = std::max(1u, longest - 1);
    }
    std::uint32_t vector = draw(0, 3), spilled = 0;
    for (std::uint32_t i = 0; i < commands; ++i) {
      Compute& c = p.compute;
      c.first_vector = vector;
      c.vectors = draw(1, longest);
      vector += c.vectors;
      c.start = i == 0 ? SumStart::zero : kept ? SumStart::keep : SumStart::restore;
      c.end = i + 1 == commands ? (chance(85) ? SumEnd::emit : SumEnd::spill)
                                : (kept ? SumEnd::keep : SumEnd::spill);
      c.useful_elements = std::uint64_t{c.vectors} * pe_.vector_size - draw(0, pe_.vector_size - 1);
      c.output_address = output_address();
      c.slot_a = static_cast<std::uint8_t>(draw(0, 1));
      c.slot_b = static_cast<std::uint8_t>(draw(0, 1));
      load_for(p, spilled);
      spilled = add_compute(c);
      if (chance(15)) vector_work();
    }
  }

  void load_for(const Place& p, std::uint32_t spilled) {
    const Compute& c = p.compute;
    const ComputeSlice& s = p.slice;
    const bool mine = !s.empty();
    const std::uint32_t rows = std::max(1u, s.rows), columns = std::max(1u, s.columns);
    load_operand(LoadTarget::operand_a, c.slot_a,
                 {c.product, s.group, s.first_row, rows, c.first_vector, c.vectors}, mine);
    load_operand(LoadTarget::operand_b, c.slot_b,
                 {c.product, s.group, s.first_column, columns, c.first_vector, c.vectors}, mine);
    if (c.start != SumStart::restore) return;
    Load sums;
    sums.target = LoadTarget::partial_sums;
    sums.pes = {mine ? result_.position : result_.position + 1, 1, 1};
    sums.slot = c.slot_a;
    sums.bytes = std::max<std::uint64_t>(
        1, packed_size(std::uint64_t{s.rows} * s.columns, result_.program.accumulator_bits));
    Dependencies after = dependencies_of_load(LoadTarget::operand_a, c.slot_a);
    after.require(Counter::produced, spilled);
    add_load(sums, after);
  }

  // A command in which this PE has no rows, or no columns.
  void empty_compute() {
    Place p = place(false);
    SliceAxis& cut = chance(50) ? p.compute.rows : p.compute.columns;
    cut.end = cut.first;
    p.compute.vectors = 1;
    Dependencies after;
    if (chance(50)) after.require(Counter::consumed, commands_);
    commands_ = result_.program.add(p.compute, after);
  }

  void vector_work() {
    VectorWork work;
    work.slot_b = static_cast<std::uint8_t>(draw(0, 1));
    work.pes = draw(1, result_.position + 3);
    work.elements = draw(0, 60) * work.pes;
    work.operations_per_element = draw(1, 4);
    const auto most = static_cast<std::uint32_t>(std::min<std::uint64_t>(half(pe_.buffer_b), 150) * work.pes);
    work.input_bytes = chance(70) ? draw(1, most) : 0;
    work.output_bytes = chance(70) ? draw(1, 200 * work.pes) : 0;
    work.output_address = output_address();
    if (work.input_bytes > 0) {
      Load load;
      load.target = LoadTarget::vector;
      load.pes = {0, work.pes, 1};
      load.slot = work.slot_b;
      load.bytes = work.input_bytes;
      add_load(load, dependencies_of_load(load.target, load.slot));
    }
    Dependencies after;
    after.require(Counter::loaded, loaded_);
    commands_ = result_.program.add(work, after);
    readers_[1][work.slot_b] = commands_;
  }

  const PeMachine& machine_;
  const PeParameters& pe_;
  std::mt19937_64 random_;
  RandomPeProgram result_;
  std::uint32_t fetched_ = 0, loaded_ = 0, commands_ = 0;
  std::array<std::array<std::uint32_t, 2>, 2>
      readers_{};  // of A and B, by slot: the last command that reads it
  std::uint64_t reserved_sum_bytes_ = 0;
  std::uint64_t address_ = 0;
};

}  // namespace

RandomPeProgram random_program(const PeMachine& machine, std::uint64_t seed) {
  return Generator(machine, seed).make();
}

}  // namespace lnsim::lockstep
