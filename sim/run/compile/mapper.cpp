#include "sim/run/compile/mapper.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <unordered_map>
#include <vector>

#include "sim/run/compile/mapping_cost.h"
#include "sim/run/compile/whole_units.h"

namespace lnsim {
namespace {

std::uint64_t sums_of_tile(const ProductShape& shape, std::int64_t rows, std::int64_t columns) {
  return (static_cast<std::uint64_t>(rows * columns) * shape.accumulator_bits() + 7) / 8;
}

// A grid of more PEs must promise so much: the cost model is not exact, and where buses are the limit they
// gain nothing.
constexpr double kWorthMorePes = 1.04;

// PEs along one side of the grid: every small number, then doublings and their halves in between; the same
// list for every machine, so that more PEs only add candidates.
constexpr std::array<std::uint32_t, 29> kSides{1,  2,  3,   4,   5,   6,   7,    8,    10,  12,
                                               14, 16, 20,  24,  28,  32,  40,   48,   56,  64,
                                               80, 96, 128, 192, 256, 512, 1024, 2048, 4096};

// The largest count in [1, most] whose bytes stay within the limit, or 0. `bytes` grows with the count.
template <class Bytes>
std::int64_t most_that_fits(std::int64_t most, std::uint64_t limit, Bytes bytes) {
  std::int64_t fits = 0;
  std::int64_t step = 1;
  while (fits + step <= most && bytes(fits + step) <= limit) {
    fits += step;
    step *= 2;
  }
  for (; step > 0; step /= 2) {
    if (fits + step <= most && bytes(fits + step) <= limit) fits += step;
  }
  return fits;
}

class Search {
 public:
  Search(ProductShape& shape, const RunConfig& config, const KindBits& bits, const EnergyCosts& costs,
         const TileLimits& limits)
      : shape_(shape),
        config_(config),
        bits_(bits),
        costs_(costs),
        limits_(limits),
        least_beats_(config.mapping.objective == Objective::cycles
                         ? static_cast<double>(shape.least_beats(config.machine.pe.lanes))
                         : 0.0) {}

  std::optional<MapperChoice> best(const std::optional<PeGrid>& grid) {
    if (grid) {
      weigh_grid(*grid);
    } else {
      weigh_grids();
    }
    for (const auto& [pes, candidate] : best_) {
      if (candidate.cost <= least_ * kWorthMorePes) return MapperChoice{candidate.tiling, candidates_};
    }
    return std::nullopt;
  }

 private:
  // Those of most PEs first, so that few are left of the others: the work alone takes too long on them.
  void weigh_grids() {
    std::vector<PeGrid> grids = all_grids();
    std::stable_sort(grids.begin(), grids.end(),
                     [](const PeGrid& a, const PeGrid& b) { return a.pes() > b.pes(); });
    for (const PeGrid& grid : grids)
      if (least_beats_ / grid.pes() <= least_ * kWorthMorePes) weigh_grid(grid);
  }

  std::vector<PeGrid> all_grids() const {
    const Product& p = shape_.product();
    const std::uint32_t pes = config_.machine.pe.count;
    std::vector<PeGrid> grids;
    for (const std::uint32_t groups : kSides) {
      if (groups > pes || groups > p.groups) break;
      for (const std::uint32_t columns : kSides) {
        if (groups * columns > pes || columns > p.columns) break;
        for (const std::uint32_t rows : kSides) {
          if (groups * columns * rows > pes || rows > p.rows) break;
          grids.push_back({groups, rows, columns});
        }
      }
    }
    return grids;
  }

  void weigh_grid(const PeGrid& grid) {
    const Product& p = shape_.product();
    const PeParameters& pe = config_.machine.pe;
    const std::int64_t columns_per_pe = ceil_div(p.columns, grid.columns);
    const std::int64_t rows_per_pe = ceil_div(p.rows, grid.rows);
    const std::int64_t one_block = std::min<std::int64_t>(rows_per_pe, pe.lanes);
    // As many columns and rows as the collector and the lanes take; fewer only where that fits nowhere.
    std::int64_t columns = ceil_div(columns_per_pe, ceil_div(columns_per_pe, pe.collector_entries));
    const std::uint64_t before = candidates_;
    for (; columns > 0 && candidates_ == before; columns /= 2) {
      const std::int64_t vectors_b = vectors_b_that_fit(columns);
      if (vectors_b == 0) continue;
      for (std::int64_t rows = one_block; rows > 0 && candidates_ == before; rows /= 2) {
        weigh_rows(grid, rows, columns, vectors_b);
      }
      for (std::int64_t blocks = 2; (blocks - 1) * pe.lanes < rows_per_pe; blocks *= 2) {
        weigh_rows(grid, std::min(rows_per_pe, blocks * pe.lanes), columns, vectors_b);
      }
    }
  }

  // The same for every grid with so many columns per tile.
  std::int64_t vectors_b_that_fit(std::int64_t columns) {
    const auto [entry, is_new] = vectors_b_.try_emplace(columns, 0);
    if (is_new) {
      entry->second = most_that_fits(shape_.vectors(), limits_.b_bytes,
                                     [&](std::int64_t v) { return shape_.typical_b_bytes(columns, v); });
    }
    return entry->second;
  }

  std::int64_t vectors_a_that_fit(std::int64_t rows) {
    const auto [entry, is_new] = vectors_a_.try_emplace(rows, 0);
    if (is_new) {
      entry->second = most_that_fits(shape_.vectors(), limits_.a_bytes,
                                     [&](std::int64_t v) { return shape_.typical_a_bytes(rows, v); });
    }
    return entry->second;
  }

  // Whole filters of taps share their window: cut there where that loses little.
  std::int64_t at_tap_boundary(std::int64_t vectors) const {
    const std::int64_t taps = std::max<std::int64_t>(1, shape_.product().contraction.taps);
    return vectors >= taps ? vectors / taps * taps : vectors;
  }

  void weigh_rows(const PeGrid& grid, std::int64_t rows, std::int64_t columns, std::int64_t most_b) {
    const std::int64_t vectors = shape_.vectors();
    const std::int64_t most_a = vectors_a_that_fit(rows);
    if (most_a == 0) return;
    Tiling t;
    t.grid = grid;
    t.rows = rows;
    t.columns = columns;
    t.vectors_b = std::min(most_b, most_a);
    if (t.vectors_b < vectors) t.vectors_b = at_tap_boundary(t.vectors_b);
    // Sums beside the operand leave less room for it.
    const std::uint64_t sums = sums_of_tile(shape_, rows, columns);
    std::int64_t beside_sums = most_a;
    while (beside_sums > 0 && bytes(a_bytes_, rows, beside_sums, Side::a) + sums > limits_.a_bytes) {
      beside_sums = beside_sums * 3 / 4;
    }
    if (rows > config_.machine.pe.lanes) {
      if (t.vectors_b < vectors) t.vectors_b = std::min(t.vectors_b, beside_sums);
      if (t.vectors_b == 0) return;
      t.vectors_a = t.vectors_b;
      weigh_blocks(t);
      return;
    }
    weigh_chunks(t, beside_sums);
    for (std::int64_t vectors_a = most_a; vectors_a >= t.vectors_b; vectors_a /= 2)
      weigh_chunks(t, vectors_a);
  }

  // A tiles of at most `vectors_a`, all about equal and of whole B tiles.
  void weigh_chunks(Tiling t, std::int64_t vectors_a) {
    if (vectors_a < t.vectors_b) return;
    const std::int64_t vectors = shape_.vectors();
    const std::int64_t whole = vectors_a >= vectors ? vectors : vectors_a / t.vectors_b * t.vectors_b;
    const std::int64_t chunks = ceil_div(vectors, whole);
    t.vectors_a = std::min(whole, ceil_div(ceil_div(vectors, chunks), t.vectors_b) * t.vectors_b);
    weigh_blocks(t);
  }

  void weigh_blocks(Tiling t) {
    const Product& p = shape_.product();
    const std::int64_t sets = ceil_div(p.columns, t.columns * t.grid.columns);
    for (std::int64_t block = 1;; block = block * 4 < sets ? block * 4 : sets) {
      t.block_columns = block;
      if (fits(t)) {
        for (const LoopOrder order : {LoopOrder::rows_outer, LoopOrder::columns_outer}) {
          t.order = order;
          weigh(t);
        }
      }
      if (block >= sets) break;
    }
  }

  bool fits(const Tiling& t) {
    const auto outputs =
        static_cast<std::uint64_t>(t.rows * t.columns) * t.grid.groups * t.grid.rows * t.grid.columns;
    if (outputs * shape_.output_bits() / 8 > limits_.output_bytes) return false;
    if (!t.spills(shape_.vectors(), config_.machine.pe.lanes)) return true;
    if (outputs * shape_.accumulator_bits() / 8 * static_cast<std::uint64_t>(t.block_columns) >
        limits_.sums_bytes) {
      return false;
    }
    return bytes(a_bytes_, t.rows, t.vectors_a, Side::a) + sums_of_tile(shape_, t.rows, t.columns) <=
           limits_.a_bytes;
  }

  void weigh(const Tiling& t) {
    const TileBytes tiles{static_cast<double>(bytes(a_bytes_, t.rows, t.vectors_a, Side::a)),
                          static_cast<double>(bytes(b_bytes_, t.columns, t.vectors_b, Side::b))};
    const Objective objective = config_.mapping.objective;
    const double cost =
        mapping_cost(shape_, t, tiles, config_.machine, bits_, costs_, objective).of(objective);
    ++candidates_;
    const auto [entry, is_new] = best_.try_emplace(t.grid.pes(), Candidate{cost, t});
    if (!is_new && cost < entry->second.cost) entry->second = {cost, t};
    least_ = std::min(least_, cost);
  }

  struct Candidate {
    double cost = 0;
    Tiling tiling;
  };

  enum class Side : std::uint8_t { a, b };
  using Sizes = std::unordered_map<std::uint64_t, std::uint64_t>;
  std::uint64_t bytes(Sizes& known, std::int64_t rows, std::int64_t vectors, Side side) {
    const auto [entry, is_new] =
        known.try_emplace(static_cast<std::uint64_t>(rows) << 32U | static_cast<std::uint64_t>(vectors), 0);
    if (is_new) {
      entry->second =
          side == Side::a ? shape_.typical_a_bytes(rows, vectors) : shape_.typical_b_bytes(rows, vectors);
    }
    return entry->second;
  }

  ProductShape& shape_;
  const RunConfig& config_;
  const KindBits& bits_;
  const EnergyCosts& costs_;
  const TileLimits& limits_;
  std::unordered_map<std::int64_t, std::int64_t> vectors_a_, vectors_b_;
  Sizes a_bytes_, b_bytes_;
  double least_beats_;  // of one PE, where cycles are what counts
  double least_ = std::numeric_limits<double>::infinity();
  std::map<std::uint32_t, Candidate> best_;  // by PEs of the grid
  std::uint64_t candidates_ = 0;
};

}  // namespace

TileLimits tile_limits(const AcceleratorParameters& machine) {
  const std::uint64_t capacity = std::uint64_t{machine.global_buffer.capacity_kib} * 1024;
  return {machine.pe.buffer_a.capacity_bytes / 2, machine.pe.buffer_b.capacity_bytes / 2, capacity / 8,
          capacity / 4};
}

std::optional<MapperChoice> search_tiling(ProductShape& shape, const RunConfig& config, const KindBits& bits,
                                          const EnergyCosts& costs, const TileLimits& limits,
                                          const std::optional<PeGrid>& grid) {
  return Search(shape, config, bits, costs, limits).best(grid);
}

GivenChoice given_tiling(ProductShape& shape, const GivenTiling& given, const RunConfig& config,
                         const TileLimits& limits) {
  const Product& p = shape.product();
  const PeParameters& pe = config.machine.pe;
  GivenChoice choice;
  Tiling& t = choice.tiling;
  t.grid = {given.grid_groups, given.grid_rows, given.grid_columns};
  t.rows = std::min<std::int64_t>(given.rows, p.rows);
  t.columns = std::min<std::int64_t>(given.columns, p.columns);
  t.vectors_a = std::min<std::int64_t>(given.vectors_a, shape.vectors());
  t.vectors_b = std::min<std::int64_t>(given.vectors_b, t.vectors_a);
  t.order = given.order;
  const std::uint64_t pes = std::uint64_t{t.grid.groups} * t.grid.rows * t.grid.columns;
  if (pes > pe.count) {
    choice.misfit = fmt::format("a grid of {} PEs, the machine has {}", pes, pe.count);
    return choice;
  }
  if (t.columns > pe.collector_entries) {
    choice.misfit = fmt::format("{} columns, the collector has {} entries", t.columns, pe.collector_entries);
    return choice;
  }
  if (t.rows > pe.lanes && t.vectors_b < t.vectors_a) {
    choice.misfit =
        fmt::format("{} rows on {} lanes with several B tiles per A tile, which the collector cannot keep",
                    t.rows, pe.lanes);
    return choice;
  }
  const std::int64_t sets = ceil_div(p.columns, t.columns * t.grid.columns);
  const auto outputs = static_cast<std::uint64_t>(t.rows * t.columns) * pes;
  const std::uint64_t block_sums = std::max<std::uint64_t>(1, outputs * shape.accumulator_bits() / 8);
  t.block_columns = sets;
  if (t.spills(shape.vectors(), pe.lanes)) {
    t.block_columns =
        std::clamp<std::int64_t>(static_cast<std::int64_t>(limits.sums_bytes / block_sums), 1, sets);
  }
  const bool spills = t.spills(shape.vectors(), pe.lanes);
  const std::uint64_t a =
      shape.typical_a_bytes(t.rows, t.vectors_a) + (spills ? sums_of_tile(shape, t.rows, t.columns) : 0);
  const std::uint64_t b = shape.typical_b_bytes(t.columns, t.vectors_b);
  const auto check = [&](std::uint64_t needed, std::uint64_t room, const char* what) {
    if (choice.misfit.empty() && needed > room)
      choice.misfit = fmt::format("{} bytes, {} holds {}", needed, what, room);
  };
  check(a, limits.a_bytes, "half of BufferA");
  check(b, limits.b_bytes, "half of BufferB");
  check(outputs * shape.output_bits() / 8, limits.output_bytes, "the global buffer's share for results");
  if (spills) check(block_sums, limits.sums_bytes, "the global buffer's share for partial sums");
  return choice;
}

bool matches(const std::string& pattern, const std::string& text) {
  std::size_t p = 0, t = 0, star = std::string::npos, resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t]) && pattern[p] != '*') {
      ++p;
      ++t;
    } else if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (star != std::string::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace lnsim
