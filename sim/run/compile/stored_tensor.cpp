#include "sim/run/compile/stored_tensor.h"

#include <algorithm>

#include "sim/run/compile/whole_units.h"

namespace lnsim {
namespace {

std::uint64_t packed_bytes(std::int64_t elements, std::uint32_t bits) {
  return (static_cast<std::uint64_t>(elements) * bits + 7) / 8;
}

StoredTensor image_tensor(const MatrixView& view, std::int64_t pixels) {
  StoredTensor tensor;
  tensor.image = true;
  const std::int64_t plane = view.tensor_height * view.tensor_width;
  const std::int64_t images = pixels / (view.grid_height * view.grid_width);
  tensor.extent = {images * view.tensor_height, view.image_stride / plane, view.tensor_width};
  tensor.line_axis = tensor.channel_axis = tensor.group_axis = 1;
  tensor.group_step = view.group_stride / plane;
  return tensor;
}

StoredTensor filter_tensor(const MatrixView& view, std::int64_t groups) {
  StoredTensor tensor;
  const std::int64_t plane = std::min(view.line_stride, view.channel_stride);
  const std::int64_t filter = std::max(view.line_stride, view.channel_stride);
  tensor.group_step = view.group_stride / filter;
  tensor.extent = {groups * tensor.group_step, plane, filter / plane};
  tensor.group_axis = 0;
  tensor.filter = true;
  return tensor;
}

StoredTensor matrix_tensor(const MatrixView& view, std::int64_t groups, std::int64_t rows,
                           const Contraction& contraction) {
  StoredTensor tensor;
  const bool line_major = view.channel_stride == 1 && (view.line_stride != 1 || contraction.channels == 1);
  tensor.line_axis = line_major ? 0 : 2;
  tensor.channel_axis = line_major ? 2 : 0;
  tensor.group_step = line_major ? rows : contraction.channels;
  tensor.extent = {groups * tensor.group_step, 1, line_major ? contraction.channels : rows};
  return tensor;
}

// Runs of consecutive taps of the filter that the tile touches in any of its channels.
boost::container::small_vector<IndexRange, 4> touched_taps(const MatrixView& view, const TapRuns& runs) {
  boost::container::small_vector<IndexRange, 4> touched;
  for (std::size_t t = 0; t < view.taps.size(); ++t) {
    const auto tap = static_cast<std::int64_t>(t);
    if (std::none_of(runs.begin(), runs.end(),
                     [&](const TapRun& run) { return run.taps.begin <= tap && tap < run.taps.end; })) {
      continue;
    }
    const std::int64_t place = view.taps[t].filter_offset;
    if (!touched.empty() && touched.back().end == place) {
      ++touched.back().end;
    } else {
      touched.push_back({place, place + 1});
    }
  }
  return touched;
}

}  // namespace

StoredTensor stored_tensor(const MatrixView& view, std::int64_t groups, std::int64_t rows,
                           const Contraction& contraction) {
  if (view.rows == IndexKind::pixel) return image_tensor(view, rows);
  if (view.contraction == IndexKind::pixel) return image_tensor(view, contraction.channels);
  if (view.tap_stride == 0) return matrix_tensor(view, groups, rows, contraction);
  StoredTensor tensor = filter_tensor(view, groups);
  // Rows are whole filters, or channels of them.
  const bool rows_are_filters = rows == tensor.group_step && contraction.channels == tensor.extent[2] &&
                                view.line_stride >= view.channel_stride;
  tensor.line_axis = rows_are_filters ? 0 : 2;
  tensor.channel_axis = rows_are_filters ? 2 : 0;
  return tensor;
}

Boxes tile_boxes(const StoredTensor& tensor, const MatrixView& view, const TileFootprint& footprint,
                 std::int64_t group, IndexRange rows, IndexRange vectors) {
  Boxes boxes;
  const TapRuns runs = footprint.tap_runs(rows, vectors);
  if (runs.empty()) return boxes;
  const IndexRange channels{runs.front().channels.begin, runs.back().channels.end};
  Box box;
  for (unsigned axis = 0; axis < 3; ++axis) box[axis] = {0, tensor.extent[axis]};
  if (tensor.image) {
    box[1] = {group * tensor.group_step + channels.begin, group * tensor.group_step + channels.end};
    for (const LineRun& run : touched_lines(view, footprint.pixels(rows, vectors))) {
      box[0] = {run.image * view.tensor_height + run.lines.begin,
                run.image * view.tensor_height + run.lines.end};
      boxes.push_back(box);
    }
    return boxes;
  }
  box[tensor.line_axis] = rows;
  box[tensor.channel_axis] = channels;
  box[tensor.group_axis].begin += group * tensor.group_step;
  box[tensor.group_axis].end += group * tensor.group_step;
  if (!tensor.filter) return Boxes(1, box);
  for (const IndexRange& taps : touched_taps(view, runs)) {
    box[1] = taps;
    boxes.push_back(box);
  }
  return boxes;
}

Pages::Pages(const StoredTensor& tensor, const std::array<std::int64_t, 3>& typical, std::uint32_t dram_bits,
             std::uint32_t buffer_bits, std::uint32_t burst_bytes, std::uint64_t target_bytes)
    : tensor_(tensor), dram_bits_(dram_bits), buffer_bits_(buffer_bits), burst_bytes_(burst_bytes) {
  // From the inside out: as much of an axis as the tile uses, but runs of at least a few bursts, within the
  // target.
  const auto target = std::max<std::int64_t>(1, static_cast<std::int64_t>(target_bytes * 8 / buffer_bits));
  const auto shortest = std::max<std::int64_t>(1, std::int64_t{4} * burst_bytes * 8 / dram_bits);
  std::int64_t inner = 1;
  for (unsigned i = 3; i-- > 0;) {
    const std::int64_t wanted = std::max(typical[i], ceil_div(shortest, inner));
    block_[i] = std::clamp<std::int64_t>(std::min(wanted, target / inner), 1, tensor.extent[i]);
    // What is almost the whole axis takes all of it: one run instead of many.
    if (block_[i] * 5 >= tensor.extent[i] * 4 && tensor.extent[i] * inner <= target)
      block_[i] = tensor.extent[i];
    counts_[i] = ceil_div(tensor.extent[i], block_[i]);
    inner *= block_[i];
  }
}

std::uint32_t Pages::count() const {
  return static_cast<std::uint32_t>(counts_[0] * counts_[1] * counts_[2]);
}

std::uint64_t Pages::largest_bytes() const {
  return packed_bytes(block_[0] * block_[1] * block_[2], buffer_bits_);
}

std::array<std::int64_t, 3> Pages::first(std::uint32_t page) const {
  const std::int64_t p = page;
  return {p / (counts_[1] * counts_[2]) * block_[0], p / counts_[2] % counts_[1] * block_[1],
          p % counts_[2] * block_[2]};
}

std::vector<std::uint32_t> Pages::touched(const Boxes& boxes) const {
  std::vector<std::uint32_t> pages;
  pages.reserve(8);  // more than most tiles touch
  for (const Box& box : boxes) {
    for (std::int64_t i = box[0].begin / block_[0]; i * block_[0] < box[0].end; ++i) {
      for (std::int64_t j = box[1].begin / block_[1]; j * block_[1] < box[1].end; ++j) {
        for (std::int64_t k = box[2].begin / block_[2]; k * block_[2] < box[2].end; ++k) {
          pages.push_back(static_cast<std::uint32_t>((i * counts_[1] + j) * counts_[2] + k));
        }
      }
    }
  }
  std::sort(pages.begin(), pages.end());
  pages.erase(std::unique(pages.begin(), pages.end()), pages.end());
  return pages;
}

PageSize Pages::size(std::uint32_t page) const {
  const auto start = first(page);
  std::array<std::int64_t, 3> n{};
  for (unsigned i = 0; i < 3; ++i) n[i] = std::min(block_[i], tensor_.extent[i] - start[i]);
  PageSize size;
  size.buffer_bytes = packed_bytes(n[0] * n[1] * n[2], buffer_bits_);
  // Consecutive elements, and how many such runs.
  const bool whole2 = n[2] == tensor_.extent[2];
  const bool whole1 = whole2 && n[1] == tensor_.extent[1];
  const std::int64_t run = n[2] * (whole2 ? n[1] : 1) * (whole1 ? n[0] : 1);
  const std::int64_t runs = n[0] * n[1] * n[2] / run;
  size.dram_bytes = packed_bytes(run, dram_bits_);
  if (runs > 1) {
    const std::uint64_t bursts = (size.dram_bytes + burst_bytes_ - 1) / burst_bytes_;
    size.dram_bytes = bursts * burst_bytes_ * static_cast<std::uint64_t>(runs);
  }
  return size;
}

std::uint64_t Pages::dram_offset(std::uint32_t page) const {
  const auto start = first(page);
  const std::int64_t element = (start[0] * tensor_.extent[1] + start[1]) * tensor_.extent[2] + start[2];
  return static_cast<std::uint64_t>(element) * dram_bits_ / 8;
}

}  // namespace lnsim
