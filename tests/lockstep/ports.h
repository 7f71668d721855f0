// Ports of Verilated models, whatever integer type Verilator gave them, as vectors of 32-bit words.
#pragma once

#include <systemc>

// Verilator's header, next to SystemC's, asks for this name in the global namespace.
using sc_core::sc_time_stamp;

#include <verilated.h>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>

namespace lnsim::lockstep {

// Bits side by side, the lowest first.
template <std::size_t Words>
class Bits {
 public:
  // A field of up to 64 bits.
  void put(std::size_t low, unsigned width, std::uint64_t value) {
    for (unsigned done = 0; done < width;) {
      const std::size_t word = (low + done) / 32, shift = (low + done) % 32;
      const auto count = static_cast<unsigned>(std::min<std::size_t>(32 - shift, width - done));
      const auto mask = static_cast<std::uint32_t>((std::uint64_t{1} << count) - 1);
      words_[word] =
          (words_[word] & ~(mask << shift)) | ((static_cast<std::uint32_t>(value >> done) & mask) << shift);
      done += count;
    }
  }
  std::uint32_t word(std::size_t i) const { return words_[i]; }
  std::uint32_t& word(std::size_t i) { return words_[i]; }
  bool operator==(const Bits&) const = default;

 private:
  std::array<std::uint32_t, Words> words_{};
};

template <std::integral Port, std::size_t Words>
void set_port(Port& port, const Bits<Words>& bits) {
  std::uint64_t value = bits.word(0);
  if constexpr (sizeof(Port) > 4 && Words > 1) value |= std::uint64_t{bits.word(1)} << 32;
  port = static_cast<Port>(value);
}
template <std::size_t PortWords, std::size_t Words>
void set_port(VlWide<PortWords>& port, const Bits<Words>& bits) {
  static_assert(PortWords <= Words);
  for (std::size_t i = 0; i < PortWords; ++i) port[i] = bits.word(i);
}

template <std::size_t Words, std::integral Port>
Bits<Words> get_port(const Port& port) {
  Bits<Words> bits;
  bits.put(0, 8 * sizeof(Port), port);
  return bits;
}
template <std::size_t Words, std::size_t PortWords>
Bits<Words> get_port(const VlWide<PortWords>& port) {
  static_assert(PortWords <= Words);
  Bits<Words> bits;
  for (std::size_t i = 0; i < PortWords; ++i) bits.word(i) = port[i];
  return bits;
}

// The clock's one edge. A port that changed is seen by what is combinational only after the low phase.
template <class Model>
void clock_edge(Model& model) {
  model.clk = 0;
  model.eval();
  model.clk = 1;
  model.eval();
}

}  // namespace lnsim::lockstep
