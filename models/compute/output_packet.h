// What a PE sends to the global buffer over the return bus.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lnsim {

constexpr std::size_t kPacketEntries = 4;  // packets a PE's output holds, beside those in its pipeline

struct OutputPacket {
  std::uint64_t address = 0;  // in the global buffer
  std::uint32_t bytes = 0;    // at most the bus width
  std::uint32_t ordinal = 0;  // of the PE command
  bool last = false;          // of this PE for that command
};

}  // namespace lnsim
