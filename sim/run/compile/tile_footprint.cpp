#include "sim/run/compile/tile_footprint.h"

#include <algorithm>
#include <array>
#include <tuple>

#include "sim/base/hash.h"

namespace lnsim {
namespace {

// A stretch of X positions residue + step * [begin, end) on one tensor line.
struct Stretch {
  std::int64_t line;  // image * tensor height + Y
  std::int64_t residue;
  std::int64_t begin, end;
  bool operator<(const Stretch& o) const {
    return std::tie(line, residue, begin) < std::tie(o.line, o.residue, o.begin);
  }
};

std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  return a >= 0 ? a / b : -((-a + b - 1) / b);
}
std::int64_t ceil_div(std::int64_t a, std::int64_t b) {
  return -floor_div(-a, b);
}

// The X positions x * step + displacement, x in [first, last), that lie in [0, width).
Stretch stretch(std::int64_t line, std::int64_t first, std::int64_t last, std::int64_t step,
                std::int64_t displacement, std::int64_t width) {
  const std::int64_t begin = std::max(first, ceil_div(-displacement, step));
  const std::int64_t end = std::min(last, ceil_div(width - displacement, step));
  const std::int64_t shift = floor_div(displacement, step);
  return {line, displacement - shift * step, begin + shift, end + shift};
}

}  // namespace

std::vector<TapRun> tap_runs_of_indices(std::int64_t taps, IndexRange indices) {
  std::vector<TapRun> runs;
  if (indices.count() <= 0) return runs;
  std::int64_t channel = indices.begin / taps;
  const std::int64_t first_tap = indices.begin % taps;
  const std::int64_t last_channel = indices.end / taps;
  if (channel == last_channel) return {{{channel, channel + 1}, {first_tap, indices.end % taps}}};
  if (first_tap != 0) {
    runs.push_back({{channel, channel + 1}, {first_tap, taps}});
    ++channel;
  }
  if (channel < last_channel) runs.push_back({{channel, last_channel}, {0, taps}});
  if (indices.end % taps != 0) runs.push_back({{last_channel, last_channel + 1}, {0, indices.end % taps}});
  return runs;
}

std::vector<TapRun> tap_runs_of_vectors(const Contraction& contraction, Packing packing, std::int64_t size,
                                        IndexRange vectors) {
  if (contraction.taps == 0) return {};
  if (packing == Packing::flat) {
    return tap_runs_of_indices(
        contraction.taps,
        {vectors.begin * size, std::min(vectors.end * size, contraction.channels * contraction.taps)});
  }
  std::vector<TapRun> runs = tap_runs_of_indices(contraction.taps, vectors);
  for (TapRun& run : runs) {
    run.channels = {run.channels.begin * size, std::min(run.channels.end * size, contraction.channels)};
  }
  return runs;
}

TileFootprint::TileFootprint(const MatrixView& view, const Contraction& contraction, Packing packing,
                             std::int64_t vector_size)
    : view_(view), contraction_(contraction), packing_(packing), vector_size_(vector_size) {}

std::vector<TapRun> TileFootprint::tap_runs(IndexRange rows, IndexRange vectors) const {
  if (view_.contraction == IndexKind::channel_tap) {
    return tap_runs_of_vectors(contraction_, packing_, vector_size_, vectors);
  }
  if (view_.rows == IndexKind::channel_tap) {
    return tap_runs_of_indices(static_cast<std::int64_t>(view_.taps.size()), rows);
  }
  return {{rows, {0, 1}}};
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
  const std::int64_t step = view_.step_x;
  std::vector<Stretch> stretches;
  for (std::int64_t line = pixels.begin / view_.grid_width; line * view_.grid_width < pixels.end; ++line) {
    const std::int64_t first = std::max<std::int64_t>(pixels.begin - line * view_.grid_width, 0);
    const std::int64_t last = std::min(pixels.end - line * view_.grid_width, view_.grid_width);
    const std::int64_t image = line / view_.grid_height;
    for (std::int64_t t = taps.begin; t < taps.end; ++t) {
      const Tap& tap = view_.taps[static_cast<std::size_t>(t)];
      const std::int64_t y = line % view_.grid_height * view_.step_y + tap.y;
      if (y < 0 || y >= view_.tensor_height) continue;
      const Stretch s =
          stretch(image * view_.tensor_height + y, first, last, step, tap.x, view_.tensor_width);
      if (s.begin < s.end) stretches.push_back(s);
    }
  }
  std::sort(stretches.begin(), stretches.end());
  std::uint64_t count = 0;
  Stretch reach{-1, -1, 0, 0};
  for (const Stretch& s : stretches) {
    if (s.line != reach.line || s.residue != reach.residue) reach = {s.line, s.residue, s.begin, s.begin};
    const std::int64_t begin = std::max(s.begin, reach.end);
    if (s.end <= begin) continue;
    count += static_cast<std::uint64_t>(s.end - begin);
    reach.end = s.end;
  }
  return count;
}

std::size_t TileFootprint::Hash::operator()(const Key& key) const {
  const auto word = [](std::int64_t part) { return static_cast<std::uint64_t>(part); };
  return hash_words(
      std::array{word(key.pixels.begin), word(key.pixels.end), word(key.taps.begin), word(key.taps.end)});
}

std::vector<LineRun> touched_lines(const MatrixView& view, IndexRange pixels) {
  std::vector<LineRun> runs;
  for (std::int64_t line = pixels.begin / view.grid_width; line * view.grid_width < pixels.end; ++line) {
    const std::int64_t image = line / view.grid_height;
    const std::int64_t y0 = line % view.grid_height * view.step_y;
    for (const Tap& tap : view.taps) {
      const std::int64_t y = y0 + tap.y;
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
