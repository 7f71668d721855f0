// How a product is spread over the machine: PE grid, tile sizes and loop order. Chosen by search, or given.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lnsim {

enum class Objective : std::uint8_t { cycles, energy, energy_delay };
inline constexpr std::array<std::string_view, 3> kObjectiveNames{"cycles", "energy", "energy_delay"};

// Which operand's tiles stay while the other's pass by, over the tiles of one product.
enum class LoopOrder : std::uint8_t { rows_outer, columns_outer };
inline constexpr std::array<std::string_view, 2> kLoopOrderNames{"rows_outer", "columns_outer"};

// A tiling given by the user for the layers it names.
struct GivenTiling {
  std::string layer = "*";
  std::string pass = "*";
  std::uint32_t rows = 32;
  std::uint32_t columns = 16;
  std::uint32_t vectors_a = 1;
  std::uint32_t vectors_b = 1;
  std::uint32_t grid_groups = 1;
  std::uint32_t grid_rows = 1;
  std::uint32_t grid_columns = 1;
  LoopOrder order = LoopOrder::rows_outer;

  template <class Visitor>
  void describe(Visitor& v) {
    v.text("layer", layer, "Layers meant; * and ? are wildcards.");
    v.text("pass", pass, "Pass meant: forward, input_gradient, weight_gradient, or *.");
    v.integer("rows", rows, {1, 1 << 24}, "rows", "Rows of A in a PE's tile.");
    v.integer("columns", columns, {1, 1 << 24}, "columns", "Columns of B in a PE's tile.");
    v.integer("vectors_a", vectors_a, {1, 1 << 24}, "vectors", "Vectors of the contraction in an A tile.");
    v.integer("vectors_b", vectors_b, {1, 1 << 24}, "vectors", "Vectors of the contraction in a B tile.");
    v.integer("grid_groups", grid_groups, {1, 4096}, "PEs", "PEs over groups.");
    v.integer("grid_rows", grid_rows, {1, 4096}, "PEs", "PEs over rows.");
    v.integer("grid_columns", grid_columns, {1, 4096}, "PEs", "PEs over columns.");
    v.choice("order", order, kLoopOrderNames, "Outer loop over tiles.");
  }
};

struct MappingParameters {
  Objective objective = Objective::cycles;
  std::vector<GivenTiling> tiles;

  template <class Visitor>
  void describe(Visitor& v) {
    v.choice("objective", objective, kObjectiveNames, "What the mapper minimises.");
    v.list("tiles", tiles, "Tilings given by hand; the first that matches a layer and pass is taken.");
  }
};

}  // namespace lnsim
