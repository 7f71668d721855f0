#include "sim/run/replay/operand_gather.h"

#include <fmt/format.h>

#include <cstring>

#include "sim/base/errors.h"

namespace lnsim {

namespace {

template <std::size_t Bytes>
void fill(std::byte* to, std::int64_t count, const std::byte* element) {
  for (std::int64_t i = 0; i < count; ++i) std::memcpy(to + i * std::int64_t{Bytes}, element, Bytes);
}

template <std::size_t Bytes>
void copy(std::byte* to, std::int64_t count, const std::byte* from, std::int64_t step) {
  if (step == 1) {
    std::memcpy(to, from, static_cast<std::size_t>(count) * Bytes);
    return;
  }
  step *= std::int64_t{Bytes};
  for (std::int64_t i = 0; i < count; ++i, from += step)
    std::memcpy(to + i * std::int64_t{Bytes}, from, Bytes);
}

// Indices i of [0, count) at which x + i * step lies in [0, width).
struct Range {
  std::int64_t first, last;
};
Range inside(std::int64_t x, std::int64_t step, std::int64_t count, std::int64_t width) {
  const std::int64_t end = x + step * (count - 1);
  const bool starts_in = x >= 0 && x < width;
  const bool ends_in = end >= 0 && end < width;
  if (starts_in && ends_in) return {0, count};
  if (step == 0) return {0, 0};
  std::int64_t first = 0;
  while (first < count && (x + first * step < 0 || x + first * step >= width)) ++first;
  std::int64_t last = first;
  while (last < count && x + last * step >= 0 && x + last * step < width) ++last;
  return {first, last};
}

}  // namespace

OperandGather::OperandGather(const MatrixView& view, const Contraction& contraction, Packing packing,
                             std::uint32_t vector_size)
    : view_(view), vector_size_(vector_size) {
  const std::int64_t count = contraction.vectors(packing, vector_size);
  starts_.reserve(static_cast<std::size_t>(count) + 1);
  for (std::int64_t v = 0; v < count; ++v) add_vector(contraction, packing, v);
}

OperandGather::Place OperandGather::place(IndexKind kind, std::int64_t index, std::int64_t tap) const {
  switch (kind) {
    case IndexKind::line:
      return {index * view_.line_stride, 0, 0};
    case IndexKind::channel_tap: {
      const Tap& t = view_.taps[static_cast<std::size_t>(tap)];
      return {index * view_.channel_stride + t.filter_offset * view_.tap_stride + t.y * view_.y_stride +
                  t.x * view_.x_stride,
              t.y, t.x};
    }
    case IndexKind::pixel:
      break;
  }
  const std::int64_t plane = view_.grid_height * view_.grid_width;
  const std::int64_t y = index % plane / view_.grid_width * view_.step_y;
  const std::int64_t x = index % view_.grid_width * view_.step_x;
  return {index / plane * view_.image_stride + y * view_.y_stride + x * view_.x_stride, y, x};
}

OperandGather::Place OperandGather::row_place(std::int64_t row) const {
  if (view_.rows != IndexKind::channel_tap) return place(view_.rows, row, 0);
  const auto taps = static_cast<std::int64_t>(view_.taps.size());
  return place(view_.rows, row / taps, row % taps);
}

bool OperandGather::extends(const Segment& segment, const Place& next) const {
  if (segment.padding || next.y != segment.first.y) return false;
  if (segment.count == 1) return true;
  return next.offset == segment.first.offset + segment.offset_step * segment.count &&
         next.x == segment.first.x + segment.x_step * segment.count;
}

void OperandGather::add_vector(const Contraction& contraction, Packing packing, std::int64_t vector) {
  const std::size_t begin = segments_.size();
  for (std::uint32_t lane = 0; lane < vector_size_; ++lane) {
    const Contraction::Element element = contraction.element(packing, vector_size_, vector, lane);
    if (element.padding) {
      if (segments_.size() > begin && segments_.back().padding) {
        ++segments_.back().count;
      } else {
        segments_.push_back({.lane = lane, .count = 1, .padding = true, .first = {}});
      }
      continue;
    }
    const Place at = place(view_.contraction, element.channel, element.tap);
    if (segments_.size() > begin && extends(segments_.back(), at)) {
      Segment& segment = segments_.back();
      if (segment.count == 1) {
        segment.offset_step = at.offset - segment.first.offset;
        segment.x_step = at.x - segment.first.x;
      }
      ++segment.count;
    } else {
      segments_.push_back({.lane = lane, .count = 1, .padding = false, .first = at});
    }
  }
  starts_.push_back(segments_.size());
}

template <std::size_t Bytes>
void OperandGather::read_row(const GatherSource& source, const Place& row, std::int64_t first_vector,
                             std::int64_t count, std::byte* out) const {
  constexpr std::int64_t kBytes{Bytes};
  for (std::int64_t v = first_vector; v < first_vector + count; ++v, out += vector_size_ * kBytes) {
    const std::size_t end = starts_[static_cast<std::size_t>(v) + 1];
    for (std::size_t i = starts_[static_cast<std::size_t>(v)]; i < end; ++i) {
      const Segment& segment = segments_[i];
      std::byte* to = out + segment.lane * kBytes;
      if (segment.padding) {
        fill<Bytes>(to, segment.count, source.padding);
        continue;
      }
      const std::int64_t y = row.y + segment.first.y;
      if (y < 0 || y >= view_.tensor_height) {
        fill<Bytes>(to, segment.count, source.zero);
        continue;
      }
      const Range range = inside(row.x + segment.first.x, segment.x_step, segment.count, view_.tensor_width);
      const std::int64_t offset = row.offset + segment.first.offset + range.first * segment.offset_step;
      fill<Bytes>(to, range.first, source.zero);
      const std::int64_t copied = range.last - range.first;
      if (copied > 0) {
        const std::int64_t last = offset + (copied - 1) * segment.offset_step;
        if (static_cast<std::uint64_t>(offset) >= source.elements ||
            static_cast<std::uint64_t>(last) >= source.elements) {
          throw ModelError(
              fmt::format("elements {} and {} of a tensor of {}", offset, last, source.elements));
        }
        copy<Bytes>(to + range.first * kBytes, copied, source.tensor + offset * kBytes, segment.offset_step);
      }
      fill<Bytes>(to + range.last * kBytes, segment.count - range.last, source.zero);
    }
  }
}

void OperandGather::read(const GatherSource& source, std::int64_t group, std::int64_t row,
                         std::int64_t first_vector, std::int64_t count, std::byte* out) const {
  if (first_vector < 0 || count < 0 || first_vector + count > vectors()) {
    throw ModelError(fmt::format("vectors {} to {} of a contraction of {}", first_vector,
                                 first_vector + count, vectors()));
  }
  Place at = row_place(row);
  at.offset += view_.base + group * view_.group_stride;
  switch (source.element_bytes) {
    case 1:
      return read_row<1>(source, at, first_vector, count, out);
    case 2:
      return read_row<2>(source, at, first_vector, count, out);
    case 4:
      return read_row<4>(source, at, first_vector, count, out);
    case 8:
      return read_row<8>(source, at, first_vector, count, out);
    case 16:
      return read_row<16>(source, at, first_vector, count, out);
    default:
      throw ModelError(fmt::format("no gather for elements of {} bytes", source.element_bytes));
  }
}

}  // namespace lnsim
