// BufferA and BufferB of one PE: what their slots hold, and who fills and reads them.
//
// Each buffer has two slots of half its capacity, so that one is filled while the other is read. Beside its
// operand a slot of BufferA may hold partial sums. Slots are written by the operand bus and read by the PE;
// the program's dependencies keep the two apart, and breaking them is a ModelError here: filling what is
// being read, reading what is not there, or more bytes than a slot has.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>

#include "models/compute/aligned_bytes.h"
#include "models/control/program.h"
#include "models/parameters.h"
#include "sim/base/state_image.h"

namespace lnsim {

inline constexpr std::uint8_t kSlots = 2;

// The packed values of a tile, shared by all PEs that a multicast reached.
using PackedTile = std::shared_ptr<const AlignedBytes>;

class OperandBuffers {
 public:
  OperandBuffers(std::string name, const BufferParameters& a, const BufferParameters& b);

  struct Area {
    OperandTile tile;   // operands only
    PackedTile values;  // with values only
    std::uint64_t bytes = 0;
    std::uint32_t load = 0;     // that fills or has filled it, by its place among the loads
    std::uint32_t reader = 0;   // the PE command that came last to read it
    std::uint32_t stretch = 0;  // of the program, that the load belonged to
    unsigned readers = 0;
    bool filling = false;
    bool filled = false;
  };

  void reset();

  // A load to a slot starts, and ends. `load` is its place among the loads, for messages.
  void begin_fill(LoadTarget target, std::uint8_t slot, std::uint64_t bytes, std::uint32_t load);
  void end_fill(const Load& load, const PackedTile& values, std::uint32_t stretch = 0);

  // The PE starts to read a slot, which must hold the wanted rectangle (operands; of another stretch of the
  // program a slot holds the rectangle in the same place), or bytes (vector data, partial sums). `reader` is
  // the place of its command among the PE commands, for messages.
  Area& read_operand(LoadTarget target, std::uint8_t slot, const OperandTile& wanted, std::uint32_t reader,
                     std::uint32_t stretch = 0);
  Area& read_bytes(LoadTarget target, std::uint8_t slot, std::uint64_t bytes, std::uint32_t reader);
  static void end_read(Area& area) { --area.readers; }

  void image(StateImage& image) const;

 private:
  Area& area(LoadTarget target, std::uint8_t slot);
  void check_room(LoadTarget target, std::uint8_t slot);
  Area& start_reading(LoadTarget target, std::uint8_t slot, std::uint32_t reader);

  std::string name_;
  std::uint64_t half_a_;
  std::uint64_t half_b_;
  std::array<Area, kSlots> a_;
  std::array<Area, kSlots> sums_;
  std::array<Area, kSlots> b_;
};

}  // namespace lnsim
