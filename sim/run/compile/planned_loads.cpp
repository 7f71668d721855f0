#include "sim/run/compile/planned_loads.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "models/compute/slice.h"
#include "sim/run/compile/product_program.h"

namespace lnsim {
namespace {

std::uint32_t narrow(std::int64_t value) {
  return static_cast<std::uint32_t>(value);
}

class Planner {
 public:
  Planner(std::vector<ProductShape>& shapes, const std::vector<Tiling>& tilings,
          const AcceleratorParameters& machine)
      : shapes_(shapes), tilings_(tilings), machine_(machine) {}

  ProductPlan plan() {
    SlotPair slots_a, slots_b;
    for (std::size_t i = 0; i < shapes_.size(); ++i) {
      append_tile_steps(steps_, static_cast<std::uint32_t>(i), shapes_[i], tilings_[i], machine_.pe.lanes,
                        slots_a, slots_b);
      plan_.grid = tilings_[i].grid;
    }
    measure_spaces();
    find_a_tiles();
    if (steps_.empty()) return std::move(plan_);
    issue_rest_of_a_tile();
    issue_b_loads(steps_[0]);
    for (std::size_t s = 0; s < steps_.size(); ++s) {
      if (s + 1 < steps_.size()) {
        if (steps_[s + 1].loads_a && next_a_tile_ < a_tiles_.size() &&
            a_tiles_[next_a_tile_].first_step == s + 1) {
          issue_rest_of_a_tile();
        }
        if (steps_[s + 1].loads_b) issue_b_loads(steps_[s + 1]);
      }
      const bool restores = s + 1 < steps_.size() && steps_[s + 1].start == SumStart::restore;
      const bool at_once = restores && !sums_wait_for(steps_[s], steps_[s + 1]);
      if (at_once) issue_sums_loads(s + 1);
      issue_compute(s);
      if (restores && !at_once) issue_sums_loads(s + 1);
      issue_share_of_a_tile(s);
    }
    return std::move(plan_);
  }

 private:
  struct ATile {
    std::size_t first_step = 0;
    std::size_t free_after = 0;  // steps that use its slot before it
    std::vector<PlannedLoad> loads;
  };

  const ProductShape& shape(const TileStep& step) const { return shapes_[step.product]; }
  const Tiling& tiling(const TileStep& step) const { return tilings_[step.product]; }

  void measure_spaces() {
    for (std::size_t i = 0; i < shapes_.size(); ++i) {
      const ProductShape& s = shapes_[i];
      if (s.vectors() == 0) continue;
      const std::int64_t lanes = machine_.pe.lanes;
      plan_.output_bytes = std::max(plan_.output_bytes, returned_bytes(tilings_[i], lanes, s.output_bits()));
      if (!tilings_[i].spills(s.vectors(), lanes)) continue;
      plan_.sums_bytes =
          std::max(plan_.sums_bytes, returned_bytes(tilings_[i], lanes, s.accumulator_bits()) *
                                         static_cast<std::uint64_t>(tilings_[i].block_columns));
    }
  }

  void find_a_tiles() {
    std::array<std::size_t, 2> used{};
    for (std::size_t s = 0; s < steps_.size(); ++s) {
      if (steps_[s].loads_a) a_tiles_.push_back({s, used[steps_[s].slot_a], {}});
      used[steps_[s].slot_a] = s + 1;
    }
  }

  IndexRange rows_of(const TileStep& step, std::uint32_t position) const {
    const Tiling& t = tiling(step);
    const std::int64_t begin = step.row + position * t.rows;
    return {begin, std::min(begin + t.rows, shape(step).product().rows)};
  }
  IndexRange columns_of(const TileStep& step, std::uint32_t position) const {
    const Tiling& t = tiling(step);
    const std::int64_t begin = step.column + position * t.columns;
    return {begin, std::min(begin + t.columns, shape(step).product().columns)};
  }
  std::uint32_t groups_of(const TileStep& step) const {
    return narrow(
        std::min<std::int64_t>(tiling(step).grid.groups, shape(step).product().groups - step.group));
  }
  std::uint32_t row_slices(const TileStep& step) const {
    const Tiling& t = tiling(step);
    const std::int64_t left = shape(step).product().rows - step.row;
    return narrow(std::min<std::int64_t>(t.grid.rows, (left + t.rows - 1) / t.rows));
  }
  std::uint32_t column_slices(const TileStep& step) const {
    const Tiling& t = tiling(step);
    const std::int64_t left = shape(step).product().columns - step.column;
    return narrow(std::min<std::int64_t>(t.grid.columns, (left + t.columns - 1) / t.columns));
  }

  std::vector<PlannedLoad> a_loads(const TileStep& step) {
    std::vector<PlannedLoad> loads;
    ProductShape& s = shapes_[step.product];
    const PeGrid& grid = tiling(step).grid;
    for (std::uint32_t g = 0; g < groups_of(step); ++g) {
      for (std::uint32_t r = 0; r < row_slices(step); ++r) {
        const IndexRange rows = rows_of(step, r);
        PlannedLoad planned;
        planned.load.target = LoadTarget::operand_a;
        planned.load.pes = {(g * grid.rows + r) * grid.columns, column_slices(step), 1};
        planned.load.slot = step.slot_a;
        planned.load.bytes = s.a_bytes(rows, step.vectors_a);
        planned.load.tile = tile(step, g, rows, step.vectors_a);
        planned.boxes =
            tile_boxes(s.a_tensor(), s.product().a, s.a_footprint(), step.group + g, rows, step.vectors_a);
        const bool with_sums = tiling(step).spills(s.vectors(), machine_.pe.lanes);
        const std::uint64_t sums =
            with_sums ? packed_size(static_cast<std::uint64_t>(rows.count() * tiling(step).columns),
                                    s.accumulator_bits())
                      : 0;
        check(planned.load.bytes + sums, machine_.pe.buffer_a.capacity_bytes / 2, "BufferA");
        loads.push_back(std::move(planned));
      }
    }
    return loads;
  }

  OperandTile tile(const TileStep& step, std::uint32_t group, IndexRange lines, IndexRange vectors) const {
    return {step.product,          narrow(step.group) + group, narrow(lines.begin),
            narrow(lines.count()), narrow(vectors.begin),      narrow(vectors.count())};
  }

  static void check(std::uint64_t bytes, std::uint64_t room, const char* buffer) {
    if (bytes > room)
      throw TilesDoNotFit(fmt::format("a tile of {} bytes, half of {} holds {}", bytes, buffer, room));
  }

  void issue_rest_of_a_tile() { issue_a_loads(SIZE_MAX); }

  void issue_a_loads(std::size_t most) {
    ATile& next = a_tiles_[next_a_tile_];
    if (next_a_load_ == 0 && next.loads.empty()) next.loads = a_loads(steps_[next.first_step]);
    for (; most > 0 && next_a_load_ < next.loads.size(); --most, ++next_a_load_) {
      PlannedLoad& planned = next.loads[next_a_load_];
      planned.waits_for_use = static_cast<std::uint32_t>(next.free_after);
      const std::uint8_t slot = planned.load.slot;
      a_loaded_[slot] = issue(std::move(planned));
    }
    if (next_a_load_ < next.loads.size()) return;
    next.loads.clear();
    ++next_a_tile_;
    next_a_load_ = 0;
  }

  // Evenly over the commands that remain until the tile is needed, as soon as its slot is free.
  void issue_share_of_a_tile(std::size_t s) {
    if (next_a_tile_ == a_tiles_.size()) return;
    ATile& next = a_tiles_[next_a_tile_];
    if (s + 1 < next.free_after || s + 1 >= next.first_step) return;
    if (next.loads.empty()) next.loads = a_loads(steps_[next.first_step]);
    const std::size_t steps_left = next.first_step - s - 1;
    issue_a_loads((next.loads.size() - next_a_load_ + steps_left - 1) / steps_left);
  }

  // Whether the sums of `next` take the place of those that `step` reads, or are those that it spills.
  static bool sums_wait_for(const TileStep& step, const TileStep& next) {
    return (step.start == SumStart::restore && step.slot_a == next.slot_a) ||
           (step.end == SumEnd::spill && step.block_position == next.block_position);
  }

  void issue_b_loads(const TileStep& step) {
    ProductShape& shape = shapes_[step.product];
    const PeGrid& grid = tiling(step).grid;
    for (std::uint32_t g = 0; g < groups_of(step); ++g) {
      for (std::uint32_t c = 0; c < column_slices(step); ++c) {
        const IndexRange columns = columns_of(step, c);
        PlannedLoad planned;
        planned.load.target = LoadTarget::operand_b;
        planned.load.pes = {g * grid.rows * grid.columns + c, row_slices(step), grid.columns};
        planned.load.slot = step.slot_b;
        planned.load.bytes = shape.b_bytes(columns, step.vectors);
        planned.load.tile = tile(step, g, columns, step.vectors);
        planned.boxes = tile_boxes(shape.b_tensor(), shape.product().b, shape.b_footprint(), step.group + g,
                                   columns, step.vectors);
        planned.waits_for_use = b_used_[step.slot_b];
        check(planned.load.bytes, machine_.pe.buffer_b.capacity_bytes / 2, "BufferB");
        b_loaded_[step.slot_b] = issue(std::move(planned));
      }
    }
  }

  void issue_sums_loads(std::size_t s) {
    const TileStep& step = steps_[s];
    const Compute compute = compute_of(step);
    const PeGrid& grid = tiling(step).grid;
    const std::uint32_t bits = shape(step).accumulator_bits();
    for (std::uint32_t pe = 0; pe < grid.groups * grid.rows * grid.columns; ++pe) {
      const ComputeSlice slice = slice_of(compute, grid, pe);
      if (slice.empty()) continue;
      PlannedLoad planned;
      planned.load.target = LoadTarget::partial_sums;
      planned.load.pes = {pe, 1, 1};
      planned.load.slot = step.slot_a;
      planned.load.bytes = packed_size(std::uint64_t{slice.rows} * slice.columns, bits);
      planned.load.buffer_address = sums_offset(step) + packed_size(slice.elements_before, bits);
      planned.waits_for_use = restored_[step.slot_a];
      planned.spilled_by = spilled_[static_cast<std::size_t>(step.block_position)];
      sums_loaded_[s % 2] = issue(std::move(planned));
    }
    restored_[step.slot_a] = static_cast<std::uint32_t>(s + 1);
  }

  std::uint64_t sums_offset(const TileStep& step) const {
    return returned_bytes(tiling(step), machine_.pe.lanes, shape(step).accumulator_bits()) *
           static_cast<std::uint64_t>(step.block_position);
  }

  Compute compute_of(const TileStep& step) const {
    const Product& p = shape(step).product();
    const Tiling& t = tiling(step);
    Compute compute;
    compute.product = step.product;
    compute.slot_a = step.slot_a;
    compute.slot_b = step.slot_b;
    compute.groups = {narrow(step.group), 1, 1, narrow(p.groups)};
    compute.rows = {narrow(step.row), narrow(t.rows), narrow(t.rows), narrow(p.rows)};
    compute.columns = {narrow(step.column), narrow(t.columns), narrow(t.columns), narrow(p.columns)};
    compute.first_vector = narrow(step.vectors.begin);
    compute.vectors = narrow(step.vectors.count());
    compute.start = step.start;
    compute.end = step.end;
    compute.useful_elements = static_cast<std::uint64_t>(p.contraction.useful_elements(
        machine_.pe.packing, machine_.pe.vector_size, step.vectors.begin, step.vectors.count()));
    if (step.end == SumEnd::spill) compute.output_address = sums_offset(step);
    return compute;
  }

  void issue_compute(std::size_t s) {
    const TileStep& step = steps_[s];
    PlannedCompute planned;
    planned.compute = compute_of(step);
    planned.after_load = std::max(a_loaded_[step.slot_a], b_loaded_[step.slot_b]);
    if (step.start == SumStart::restore)
      planned.after_load = std::max(planned.after_load, sums_loaded_[s % 2]);
    if (step.end == SumEnd::emit) planned.output_elements = output_elements(step);
    plan_.computes.push_back(planned);
    plan_.order.push_back(true);
    b_used_[step.slot_b] = static_cast<std::uint32_t>(s + 1);
    if (step.end == SumEnd::spill) {
      const auto position = static_cast<std::size_t>(step.block_position);
      if (spilled_.size() <= position) spilled_.resize(position + 1);
      spilled_[position] = static_cast<std::uint32_t>(s + 1);
    }
  }

  std::uint64_t output_elements(const TileStep& step) const {
    const Product& p = shape(step).product();
    const Tiling& t = tiling(step);
    const std::int64_t rows = std::min(t.rows * t.grid.rows, p.rows - step.row);
    const std::int64_t columns = std::min(t.columns * t.grid.columns, p.columns - step.column);
    return static_cast<std::uint64_t>(rows * columns) * groups_of(step);
  }

  std::uint32_t issue(PlannedLoad&& planned) {
    planned.load.bytes =
        std::max<std::uint64_t>(1, planned.load.bytes);  // a tile of padding only still fills its slot
    plan_.loads.push_back(std::move(planned));
    plan_.order.push_back(false);
    return static_cast<std::uint32_t>(plan_.loads.size());
  }

  std::vector<ProductShape>& shapes_;
  const std::vector<Tiling>& tilings_;
  const AcceleratorParameters& machine_;
  ProductPlan plan_;
  std::vector<TileStep> steps_;
  std::vector<ATile> a_tiles_;
  std::size_t next_a_tile_ = 0;
  std::size_t next_a_load_ = 0;
  std::array<std::uint32_t, 2> a_loaded_{}, b_loaded_{};  // by slot: loads up to here fill it
  std::array<std::uint32_t, 2> b_used_{}, restored_{};    // by slot: PE commands up to here read it
  std::array<std::uint32_t, 2> sums_loaded_{};            // by step modulo 2: loads up to here bring its sums
  std::vector<std::uint32_t> spilled_;  // by block position: PE commands up to here wrote it
};

}  // namespace

std::uint64_t returned_bytes(const Tiling& tiling, std::int64_t lanes, std::uint32_t bits) {
  const std::int64_t blocks = tiling.rows / lanes;
  const std::uint64_t column =
      static_cast<std::uint64_t>(blocks) * packed_size(static_cast<std::uint64_t>(lanes), bits) +
      packed_size(static_cast<std::uint64_t>(tiling.rows % lanes), bits);
  return column * static_cast<std::uint64_t>(tiling.columns) * tiling.grid.groups * tiling.grid.rows *
         tiling.grid.columns;
}

ProductPlan plan_products(std::vector<ProductShape>& shapes, const std::vector<Tiling>& tilings,
                          const AcceleratorParameters& machine) {
  return Planner(shapes, tilings, machine).plan();
}

}  // namespace lnsim
