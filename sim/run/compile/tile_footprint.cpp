#include "sim/run/compile/tile_footprint.h"

#include <algorithm>
#include <array>
#include <limits>

#include "sim/base/hash.h"

namespace lnsim {
namespace {

// A stretch of X positions residue + step * [begin, end) on a tensor line.
struct Stretch {
  std::int64_t residue;
  std::int64_t begin, end;
  bool operator<(const Stretch& o) const {
    return residue != o.residue ? residue < o.residue : begin < o.begin;
  }
};

std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  if (b == 1) return a;  // most steps
  return a >= 0 ? a / b : -((-a + b - 1) / b);
}
std::int64_t ceil_div(std::int64_t a, std::int64_t b) {
  return -floor_div(-a, b);
}

using Stretches = boost::container::small_vector<Stretch, 16>;

// Positions that stretches cover together.
std::uint64_t covered(Stretches& stretches) {
  std::sort(stretches.begin(), stretches.end());
  std::uint64_t count = 0;
  Stretch reach{-1, 0, 0};
  for (const Stretch& s : stretches) {
    if (s.residue != reach.residue) reach = {s.residue, s.begin, s.begin};
    const std::int64_t begin = std::max(s.begin, reach.end);
    if (s.end <= begin) continue;
    count += static_cast<std::uint64_t>(s.end - begin);
    reach.end = s.end;
  }
  return count;
}

// What the taps of one displacement in Y do to a run x in [first, last) of a grid line: positions residue +
// step * [first + low, last + high) of those before `end`. Taps a step apart make one of it.
struct TapReach {
  std::int64_t y;
  std::int64_t residue;
  std::int64_t low, high;
  std::int64_t end;
};

using TapReaches = boost::container::small_vector<TapReach, 16>;

TapReaches tap_reaches(const MatrixView& view, IndexRange taps) {
  TapReaches reaches;
  for (std::int64_t t = taps.begin; t < taps.end; ++t) {
    const Tap& tap = view.taps[static_cast<std::size_t>(t)];
    const std::int64_t shift = floor_div(tap.x, view.step_x);
    const std::int64_t residue = tap.x - shift * view.step_x;
    const auto widens = [&](const TapReach& r) {
      return r.y == tap.y && r.residue == residue && shift >= r.low && shift <= r.high + 1;
    };
    const auto found = std::find_if(reaches.begin(), reaches.end(), widens);
    if (found != reaches.end()) {
      found->high = std::max(found->high, shift);
    } else {
      reaches.push_back({tap.y, residue, shift, shift, ceil_div(view.tensor_width - residue, view.step_x)});
    }
  }
  return reaches;
}

// Counts the positions that a run of pixels meets. Tensor lines that are met by the same taps from whole grid
// lines are alike and counted once; tensor lines a step apart, the k-th of them at k * step_y + residue, are
// met from grid lines next to each other.
class WindowCount {
 public:
  WindowCount(const MatrixView& view, IndexRange pixels, IndexRange taps)
      : view_(view),
        pixels_(pixels),
        reaches_(tap_reaches(view, taps)),
        whole_{(pixels.begin + view.grid_width - 1) / view.grid_width, pixels.end / view.grid_width} {}

  // `lines`: grid lines of one image, counted over all images.
  std::uint64_t image(IndexRange lines) {
    std::uint64_t count = 0;
    for (std::int64_t residue = 0; residue < view_.step_y; ++residue) {
      cut(lines, residue);
      for (std::size_t i = 0; i + 1 < cuts_.size(); ++i) {
        const auto alike = static_cast<std::uint64_t>(cuts_[i + 1] - cuts_[i]);
        if (alike > 0) count += alike * tensor_line(lines, cuts_[i] * view_.step_y + residue);
      }
    }
    return count;
  }

 private:
  // Where the taps that meet a tensor line change, or the grid lines from whole ones to others.
  void cut(IndexRange lines, std::int64_t residue) {
    const std::int64_t image_line = lines.begin - lines.begin % view_.grid_height;
    const std::int64_t last =
        std::max<std::int64_t>(0, ceil_div(view_.tensor_height - residue, view_.step_y));
    cuts_.clear();
    for (const TapReach& reach : reaches_) {
      const std::int64_t shift = floor_div(reach.y - residue, view_.step_y);
      if (shift * view_.step_y + residue != reach.y) continue;
      for (const std::int64_t line : {lines.begin, whole_.begin, whole_.end, lines.end}) {
        const std::int64_t inside = std::clamp(line, lines.begin, lines.end);
        cuts_.push_back(std::clamp<std::int64_t>(inside - image_line + shift, 0, last));
      }
    }
    std::sort(cuts_.begin(), cuts_.end());
  }

  std::uint64_t tensor_line(IndexRange lines, std::int64_t y) {
    const std::int64_t image_line = lines.begin - lines.begin % view_.grid_height;
    stretches_.clear();
    for (const TapReach& reach : reaches_) {
      const std::int64_t distance = y - reach.y;
      const std::int64_t line = image_line + floor_div(distance, view_.step_y);
      if (distance % view_.step_y == 0 && line >= lines.begin && line < lines.end) add(reach, line);
    }
    return covered(stretches_);
  }

  void add(const TapReach& reach, std::int64_t line) {
    const std::int64_t first = std::max<std::int64_t>(pixels_.begin - line * view_.grid_width, 0);
    const std::int64_t last = std::min(pixels_.end - line * view_.grid_width, view_.grid_width);
    const std::int64_t begin = std::max<std::int64_t>(first + reach.low, 0);
    const std::int64_t end = std::min(last + reach.high, reach.end);
    if (begin < end) stretches_.push_back({reach.residue, begin, end});
  }

  const MatrixView& view_;
  IndexRange pixels_;
  TapReaches reaches_;
  IndexRange whole_;  // grid lines that lie in the run from end to end
  boost::container::small_vector<std::int64_t, 64> cuts_;
  Stretches stretches_;
};

// Whether a tap meets a position of the tensor from every pixel of the grid: as many different ones as
// pixels.
bool stays_inside(const MatrixView& view, const Tap& tap) {
  return tap.y >= 0 && (view.grid_height - 1) * view.step_y + tap.y < view.tensor_height && tap.x >= 0 &&
         (view.grid_width - 1) * view.step_x + tap.x < view.tensor_width;
}

}  // namespace

TapRuns tap_runs_of_indices(std::int64_t taps, IndexRange indices) {
  TapRuns runs;
  if (indices.count() <= 0) return runs;
  std::int64_t channel = indices.begin / taps;
  const std::int64_t first_tap = indices.begin % taps;
  const std::int64_t last_channel = indices.end / taps;
  if (channel == last_channel) return {TapRun{{channel, channel + 1}, {first_tap, indices.end % taps}}};
  if (first_tap != 0) {
    runs.push_back({{channel, channel + 1}, {first_tap, taps}});
    ++channel;
  }
  if (channel < last_channel) runs.push_back({{channel, last_channel}, {0, taps}});
  if (indices.end % taps != 0) runs.push_back({{last_channel, last_channel + 1}, {0, indices.end % taps}});
  return runs;
}

TapRuns tap_runs_of_vectors(const Contraction& contraction, Packing packing, std::int64_t size,
                            IndexRange vectors) {
  if (contraction.taps == 0) return {};
  if (packing == Packing::flat) {
    return tap_runs_of_indices(
        contraction.taps,
        {vectors.begin * size, std::min(vectors.end * size, contraction.channels * contraction.taps)});
  }
  TapRuns runs = tap_runs_of_indices(contraction.taps, vectors);
  for (TapRun& run : runs) {
    run.channels = {run.channels.begin * size, std::min(run.channels.end * size, contraction.channels)};
  }
  return runs;
}

TileFootprint::TileFootprint(const MatrixView& view, const Contraction& contraction, Packing packing,
                             std::int64_t vector_size)
    : view_(view), contraction_(contraction), packing_(packing), vector_size_(vector_size) {}

TapRuns TileFootprint::tap_runs(IndexRange rows, IndexRange vectors) const {
  if (view_.contraction == IndexKind::channel_tap) {
    return tap_runs_of_vectors(contraction_, packing_, vector_size_, vectors);
  }
  if (view_.rows == IndexKind::channel_tap) {
    return tap_runs_of_indices(static_cast<std::int64_t>(view_.taps.size()), rows);
  }
  return {TapRun{rows, {0, 1}}};
}

IndexRange TileFootprint::pixels(IndexRange rows, IndexRange vectors) const {
  if (view_.rows == IndexKind::pixel) return rows;
  return {std::min(vectors.begin * vector_size_, contraction_.channels),
          std::min(vectors.end * vector_size_, contraction_.channels)};
}

std::uint64_t TileFootprint::elements(IndexRange rows, IndexRange vectors) {
  const bool windowed = view_.rows == IndexKind::pixel || view_.contraction == IndexKind::pixel;
  std::uint64_t count = 0;
  for (const TapRun& run : tap_runs(rows, vectors)) {
    const std::uint64_t each = windowed ? window(pixels(rows, vectors), run.taps)
                                        : static_cast<std::uint64_t>(rows.count() * run.taps.count());
    count += static_cast<std::uint64_t>(run.channels.count()) * each;
  }
  return count;
}

std::uint64_t TileFootprint::window(IndexRange pixels, IndexRange taps) {
  const auto [entry, is_new] = known_.try_emplace(Key{pixels, taps}, 0);
  if (is_new) entry->second = count_window(pixels, taps);
  return entry->second;
}

std::uint64_t TileFootprint::count_window(IndexRange pixels, IndexRange taps) const {
  if (taps.count() == 1 && stays_inside(view_, view_.taps[static_cast<std::size_t>(taps.begin)]))
    return static_cast<std::uint64_t>(pixels.count());
  WindowCount window(view_, pixels, taps);
  const std::int64_t end = (pixels.end + view_.grid_width - 1) / view_.grid_width;
  std::uint64_t count = 0;
  for (std::int64_t line = pixels.begin / view_.grid_width; line < end;) {
    const std::int64_t next = std::min(end, (line / view_.grid_height + 1) * view_.grid_height);
    count += window.image({line, next});
    line = next;
  }
  return count;
}

std::size_t TileFootprint::Hash::operator()(const Key& key) const {
  const auto word = [](std::int64_t part) { return static_cast<std::uint64_t>(part); };
  return hash_words(
      std::array{word(key.pixels.begin), word(key.pixels.end), word(key.taps.begin), word(key.taps.end)});
}

boost::container::small_vector<LineRun, 4> touched_lines(const MatrixView& view, IndexRange pixels) {
  boost::container::small_vector<std::int64_t, 16> shifts;  // in Y, of the taps
  for (const Tap& tap : view.taps)
    if (shifts.empty() || shifts.back() != tap.y) shifts.push_back(tap.y);
  boost::container::small_vector<LineRun, 4> runs;
  for (std::int64_t line = pixels.begin / view.grid_width; line * view.grid_width < pixels.end; ++line) {
    const std::int64_t image = line / view.grid_height;
    const std::int64_t y0 = line % view.grid_height * view.step_y;
    for (const std::int64_t shift : shifts) {
      const std::int64_t y = y0 + shift;
      if (y < 0 || y >= view.tensor_height) continue;
      if (!runs.empty() && runs.back().image == image && y >= runs.back().lines.begin &&
          y < runs.back().lines.end)
        continue;
      if (!runs.empty() && runs.back().image == image && y == runs.back().lines.end) {
        ++runs.back().lines.end;
      } else {
        runs.push_back({image, {y, y + 1}});
      }
    }
  }
  return runs;
}

}  // namespace lnsim
