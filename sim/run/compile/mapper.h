// Chooses a tiling for a product: by search over candidates with the cost model, or as given by the user.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "sim/run/compile/product_shape.h"
#include "sim/run/compile/tiling.h"
#include "sim/run/config/run_config.h"
#include "sim/run/energy/energy_table.h"

namespace lnsim {

// What a tile may take, in bytes. The PE buffers' halves to begin with; less when the pages behind a tile do
// not fit the global buffer together.
struct TileLimits {
  std::uint64_t a_bytes = 0;
  std::uint64_t b_bytes = 0;
  std::uint64_t output_bytes = 0;  // of the tiles of all PEs in the global buffer
  std::uint64_t sums_bytes = 0;    // of the spilled sums of a block in the global buffer
};
TileLimits tile_limits(const AcceleratorParameters& machine);

struct MapperChoice {
  Tiling tiling;
  std::uint64_t candidates = 0;  // that were weighed
};

// The candidate of least cost, or one on fewer PEs that costs at most 4 % more, first in search order among
// equals; nothing when no tile is small enough. A machine with more PEs weighs all candidates of one with
// fewer that may be chosen. With `grid`, only tilings on that grid.
std::optional<MapperChoice> search_tiling(ProductShape& shape, const RunConfig& config, const KindBits& bits,
                                          const EnergyCosts& costs, const TileLimits& limits,
                                          const std::optional<PeGrid>& grid = std::nullopt);

// A given tiling, cut to the product's extents. Its block of columns is the largest whose sums fit. Nothing
// when it fits; otherwise what it needs and what there is, naming the buffer.
struct GivenChoice {
  Tiling tiling;
  std::string misfit;  // empty: fits
};
GivenChoice given_tiling(ProductShape& shape, const GivenTiling& given, const RunConfig& config,
                         const TileLimits& limits);

// Whether `text` matches `pattern`, in which * stands for any characters and ? for one.
bool matches(const std::string& pattern, const std::string& text);

}  // namespace lnsim
