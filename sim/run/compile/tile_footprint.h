// How many different tensor elements a tile of an operand touches: what is moved for it, overlapping windows
// counted once.
#pragma once

#include <boost/container/small_vector.hpp>
#include <boost/container/static_vector.hpp>
#include <cstdint>
#include <unordered_map>

#include "models/parameters.h"
#include "sim/run/compile/product.h"

namespace lnsim {

// A run of indices [begin, end).
struct IndexRange {
  std::int64_t begin = 0;
  std::int64_t end = 0;
  std::int64_t count() const { return end - begin; }
  bool operator==(const IndexRange&) const = default;
};

// Channels that share a run of taps.
struct TapRun {
  IndexRange channels;
  IndexRange taps;
};

// A few of them, without a place of their own in memory: they are asked for some hundred thousand times.
using TapRuns = boost::container::static_vector<TapRun, 3>;

// The (channel, tap) pairs of a run of vectors, as at most three runs with disjoint channels.
TapRuns tap_runs_of_vectors(const Contraction& contraction, Packing packing, std::int64_t size,
                            IndexRange vectors);
// The same for a run of indices channel * taps + tap.
TapRuns tap_runs_of_indices(std::int64_t taps, IndexRange indices);

// Consecutive tensor lines of one image.
struct LineRun {
  std::int64_t image = 0;
  IndexRange lines;
};

class TileFootprint {
 public:
  // The view must outlive the footprint.
  TileFootprint(const MatrixView& view, const Contraction& contraction, Packing packing,
                std::int64_t vector_size);

  // Different elements of rows `rows` and vectors `vectors`; padding is none. Calls for runs of pixels seen
  // before cost a look-up.
  std::uint64_t elements(IndexRange rows, IndexRange vectors);

  // What the tile stands for in its view: line or channel indices, and pixels.
  TapRuns tap_runs(IndexRange rows, IndexRange vectors) const;
  IndexRange pixels(IndexRange rows, IndexRange vectors) const;

  // Different tensor elements per channel that a run of pixels meets through a run of taps.
  std::uint64_t window(IndexRange pixels, IndexRange taps);

 private:
  struct Key {
    IndexRange pixels, taps;
    bool operator==(const Key&) const = default;
  };
  struct Hash {
    std::size_t operator()(const Key& key) const;
  };
  std::uint64_t count_window(IndexRange pixels, IndexRange taps) const;

  const MatrixView& view_;
  Contraction contraction_;
  Packing packing_;
  std::int64_t vector_size_;
  std::unordered_map<Key, std::uint64_t, Hash> known_;
};

// The tensor lines that a run of pixels meets through all taps of the view, image by image.
boost::container::small_vector<LineRun, 4> touched_lines(const MatrixView& view, IndexRange pixels);

}  // namespace lnsim
