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

void OperandBuffers::begin_fill(LoadTarget target, std::uint8_t slot, std::uint64_t bytes,
                                std::uint32_t load) {
  Area& filled = area(target, slot);
  if (filled.readers > 0) {
    throw ModelError(fmt::format("{}: load {} overwrites {} slot {}, which PE command {} still reads", name_,
                                 load, name_of(target), slot, filled.reader));
  }
  filled.filling = true;
  filled.filled = false;
  filled.bytes = bytes;
  filled.load = load;
  // A new operand starts a new use of the slot: sums of the last one that nobody reads any more make room.
  if (target == LoadTarget::operand_a && sums_[slot].readers == 0 && !sums_[slot].filling) sums_[slot] = {};
  check_room(target, slot);
}

// Of the area just filled, and of what stands beside it in its slot.
void OperandBuffers::check_room(LoadTarget target, std::uint8_t slot) {
  const bool in_b = target == LoadTarget::operand_b || target == LoadTarget::vector;
  const Area& filled = area(target, slot);
  const Area* const beside = in_b ? nullptr : target == LoadTarget::operand_a ? &sums_[slot] : &a_[slot];
  const std::uint64_t held = beside == nullptr ? 0 : beside->bytes;
  const std::uint64_t room = in_b ? half_b_ : half_a_;
  if (held + filled.bytes <= room) return;
  const std::string others = held == 0 ? "" : fmt::format(" beside the {} of load {}", held, beside->load);
  throw ModelError(fmt::format("{}: Buffer{} slot {} has {} bytes, but load {} wants {}{}", name_,
                               in_b ? "B" : "A", slot, room, filled.load, filled.bytes, others));
}

void OperandBuffers::end_fill(const Load& load, const PackedTile& values, std::uint32_t stretch) {
  Area& filled = area(load.target, load.slot);
  filled.filling = false;
  filled.filled = true;
  filled.tile = load.tile;
  filled.stretch = stretch;
  filled.values = values;
}

OperandBuffers::Area& OperandBuffers::start_reading(LoadTarget target, std::uint8_t slot,
                                                    std::uint32_t reader) {
  Area& read = area(target, slot);
  if (!read.filled) {
    const std::string when =
        read.filling ? fmt::format("while load {} fills it", read.load) : "before it is filled";
    throw ModelError(
        fmt::format("{}: PE command {} reads {} slot {} {}", name_, reader, name_of(target), slot, when));
  }
  ++read.readers;
  read.reader = reader;
  return read;
}

OperandBuffers::Area& OperandBuffers::read_operand(LoadTarget target, std::uint8_t slot,
                                                   const OperandTile& wanted, std::uint32_t reader,
                                                   std::uint32_t stretch) {
  Area& read = start_reading(target, slot, reader);
  if (read.stretch == stretch && !contains(read.tile, wanted)) {
    throw ModelError(fmt::format("{}: {} slot {} holds {} (load {}), but PE command {} needs {}", name_,
                                 name_of(target), slot, describe(read.tile), read.load, reader,
                                 describe(wanted)));
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

OperandBuffers::Area& OperandBuffers::read_bytes(LoadTarget target, std::uint8_t slot, std::uint64_t bytes,
                                                 std::uint32_t reader) {
  Area& read = start_reading(target, slot, reader);
  if (read.bytes < bytes) {
    throw ModelError(fmt::format("{}: {} slot {} holds {} bytes (load {}), but PE command {} needs {}", name_,
                                 name_of(target), slot, read.bytes, read.load, reader, bytes));
  }
  return read;
}

}  // namespace lnsim
