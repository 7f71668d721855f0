// What passes between the global buffer and the units that read and write it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>

#include "models/parameters.h"
#include "sim/base/channel.h"

namespace lnsim {

// A contiguous run of bytes moved in one cycle. The tag means something to the requester only.
struct BufferBeat {
  std::uint64_t address = 0;
  std::uint32_t bytes = 0;
  std::uint32_t tag = 0;
};

// One port: beats asked for, and beats granted (data read, or written), in the same order.
struct BufferPort {
  Channel<BufferBeat>* requests = nullptr;
  Channel<BufferBeat>* grants = nullptr;

  void list(SignalList& signals, const std::string& name) const {
    requests->list(signals, name + "_requests");
    grants->list(signals, name + "_grants");
  }
  // `line_bytes`: a word of each bank; of an address only the banks matter. `write_tag` writes a beat's tag.
  template <class WriteTag>
  void image(StateImage& image, std::uint64_t line_bytes, WriteTag write_tag) const {
    const auto write = [&](const BufferBeat& beat) {
      image.number(beat.address % line_bytes);
      image.number(beat.bytes);
      write_tag(beat.tag);
    };
    requests->image(image, write);
    grants->image(image, write);
  }
  // Of a requester whose beats have no tags.
  void image(StateImage& image, std::uint64_t line_bytes) const {
    this->image(image, line_bytes, [](std::uint32_t) {});
  }
};

// Longest beat from `address` on: at most `width` bytes, and no bank twice.
class BeatShape {
 public:
  BeatShape(const GlobalBufferParameters& buffer, std::uint64_t width)
      : width_(width),
        word_(buffer.bank_bytes),
        line_(static_cast<std::uint64_t>(buffer.banks) * buffer.bank_bytes) {}

  std::uint64_t width() const { return width_; }
  std::uint32_t beat_bytes(std::uint64_t address, std::uint64_t remaining) const {
    return static_cast<std::uint32_t>(std::min({remaining, width_, line_ - (address & (word_ - 1))}));
  }

 private:
  std::uint64_t width_;
  std::uint64_t word_;  // a power of two
  std::uint64_t line_;
};

}  // namespace lnsim
