#include "models/compute/operand_buffers.h"

#include <fmt/format.h>

#include <string_view>
#include <utility>

#include "sim/base/errors.h"

namespace lnsim {
namespace {

std::string_view name_of(LoadTarget target) {
  switch (target) {
    case LoadTarget::operand_a:
      return "BufferA";
    case LoadTarget::partial_sums:
      return "the partial sums of BufferA";
    case LoadTarget::operand_b:
    case LoadTarget::vector:
      break;
  }
  return "BufferB";
}

std::string describe(const OperandTile& tile) {
  return fmt::format("product {} group {} indices {}+{} vectors {}+{}", tile.product, tile.group, tile.first,
                     tile.count, tile.first_vector, tile.vectors);
}

bool contains(const OperandTile& held, const OperandTile& wanted) {
  const auto inside = [](std::uint64_t first, std::uint64_t count, std::uint64_t inner_first,
                         std::uint64_t inner_count) {
    return inner_first >= first && inner_first + inner_count <= first + count;
  };
  return held.product == wanted.product && held.group == wanted.group &&
         inside(held.first, held.count, wanted.first, wanted.count) &&
         inside(held.first_vector, held.vectors, wanted.first_vector, wanted.vectors);
}

}  // namespace

OperandBuffers::OperandBuffers(std::string name, const BufferParameters& a, const BufferParameters& b)
    : name_(std::move(name)), half_a_(a.capacity_bytes / 2), half_b_(b.capacity_bytes / 2) {}

void OperandBuffers::reset() {
  a_.fill({});
  sums_.fill({});
  b_.fill({});
}

OperandBuffers::Area& OperandBuffers::area(LoadTarget target, std::uint8_t slot) {
  if (slot >= kSlots) throw ModelError(fmt::format("{}: {} has no slot {}", name_, name_of(target), slot));
  switch (target) {
    case LoadTarget::operand_a:
      return a_[slot];
    case LoadTarget::partial_sums:
      return sums_[slot];
    case LoadTarget::operand_b:
    case LoadTarget::vector:
      break;
  }
  return b_[slot];
}

void OperandBuffers::begin_fill(LoadTarget target, std::uint8_t slot, std::uint64_t bytes) {
  Area& filled = area(target, slot);
  if (filled.readers > 0) {
    throw ModelError(
        fmt::format("{}: a load overwrites {} slot {} while it is read", name_, name_of(target), slot));
  }
  filled.filling = true;
  filled.filled = false;
  filled.bytes = bytes;
  // A new operand starts a new use of the slot: sums of the last one that nobody reads any more make room.
  if (target == LoadTarget::operand_a && sums_[slot].readers == 0 && !sums_[slot].filling) sums_[slot] = {};
  const bool in_b = target == LoadTarget::operand_b || target == LoadTarget::vector;
  const std::uint64_t held = in_b ? filled.bytes : a_[slot].bytes + sums_[slot].bytes;
  const std::uint64_t room = in_b ? half_b_ : half_a_;
  if (held > room) {
    throw ModelError(fmt::format("{}: {} slot {} of {} bytes would hold {}", name_,
                                 in_b ? "BufferB" : "BufferA", slot, room, held));
  }
}

void OperandBuffers::end_fill(const Load& load, const PackedTile& values, std::uint32_t stretch) {
  Area& filled = area(load.target, load.slot);
  filled.filling = false;
  filled.filled = true;
  filled.tile = load.tile;
  filled.stretch = stretch;
  filled.values = values;
}

OperandBuffers::Area& OperandBuffers::start_reading(LoadTarget target, std::uint8_t slot) {
  Area& read = area(target, slot);
  if (!read.filled) {
    throw ModelError(fmt::format("{}: {} slot {} is read {}", name_, name_of(target), slot,
                                 read.filling ? "while it is filled" : "before it is filled"));
  }
  ++read.readers;
  return read;
}

OperandBuffers::Area& OperandBuffers::read_operand(LoadTarget target, std::uint8_t slot,
                                                   const OperandTile& wanted, std::uint32_t stretch) {
  Area& read = start_reading(target, slot);
  if (read.stretch == stretch && !contains(read.tile, wanted)) {
    throw ModelError(fmt::format("{}: {} slot {} holds {}, but the PE needs {}", name_, name_of(target), slot,
                                 describe(read.tile), describe(wanted)));
  }
  return read;
}

void OperandBuffers::image(StateImage& image) const {
  for (const auto* areas : {&a_, &sums_, &b_}) {
    for (const Area& area : *areas) {
      image.number(area.bytes);
      image.number(area.readers * 4 + (area.filling ? 2 : 0) + (area.filled ? 1 : 0));
    }
  }
}

OperandBuffers::Area& OperandBuffers::read_bytes(LoadTarget target, std::uint8_t slot, std::uint64_t bytes) {
  Area& read = start_reading(target, slot);
  if (read.bytes < bytes) {
    throw ModelError(fmt::format("{}: {} slot {} holds {} bytes, but the PE needs {}", name_, name_of(target),
                                 slot, read.bytes, bytes));
  }
  return read;
}

}  // namespace lnsim
