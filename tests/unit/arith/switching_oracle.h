// What switches in lanes, from the definitions alone: every word of the hardware as a row of bits, compared
// with the one of the beat before.
#pragma once

#include <algorithm>
#include <bitset>
#include <cstddef>
#include <cstring>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "models/arith/lane_switching.h"
#include "tests/unit/arith/lane_harness.h"

namespace lnsim::arith {

using Word = std::bitset<4096>;
using Slot = std::optional<Code>;  // nothing: padding
using Slots = std::vector<Slot>;

inline Word word_of(std::uint64_t bits) {
  return Word(bits);
}

// A product as the multiplier gives it, and what enters each adder tree.
struct ProductWords {
  Word product;
  std::map<unsigned, Word> terms;  // by tree; where there is none, zero
};

// How one pair of formats stands in the hardware.
class HardwareWords {
 public:
  virtual ~HardwareWords() = default;
  virtual bool is_zero(bool is_a, Code code) const = 0;
  virtual Word operand(bool is_a, Code code) const = 0;
  virtual ProductWords product(Code a, Code b) const = 0;  // of two operands that are not zero
  virtual bool has_integer_sums() const { return true; }   // otherwise the sum is the new accumulator
};

class SwitchingOracle {
 public:
  SwitchingOracle(const HardwareWords& words, unsigned lanes, unsigned accumulator_bits)
      : words_(words), lanes_(lanes), accumulator_bits_(accumulator_bits), sums_(lanes) {}

  // Accumulators as 64-bit words, lowest first.
  void beat(const Slots& a, const Slots& b, unsigned rows,
            const std::vector<std::vector<std::uint64_t>>& before,
            const std::vector<std::vector<std::uint64_t>>& after) {
    const std::size_t size = b.size();
    for (std::size_t lane = 0; lane < lanes_; ++lane) {
      for (std::size_t i = 0; i < size; ++i) {
        const Slot x = lane < rows ? a[lane * size + i] : Slot{};
        slot(lane * size + i, x, b[i]);
      }
      if (lane < rows) {
        accumulate(lane, before[lane], after[lane]);
      } else if (words_.has_integer_sums()) {
        toggle(Switching::sum_bits, sums_[lane], {});
      }
    }
  }

  SwitchingCounts counts;

 private:
  struct State {
    Word a, b, product;
    std::map<unsigned, Word> terms;
  };

  void toggle(Switching what, Word& held, const Word& next) {
    counts[what] += (held ^ next).count();
    held = next;
  }

  bool live(bool is_a, const Slot& x) const { return x && !words_.is_zero(is_a, *x); }

  void slot(std::size_t at, const Slot& x, const Slot& y) {
    State& state = states_[at];
    ++counts[Switching::slots];
    toggle(Switching::operand_a_bits, state.a, x ? words_.operand(true, *x) : Word{});
    toggle(Switching::operand_b_bits, state.b, y ? words_.operand(false, *y) : Word{});
    ProductWords next;
    if (live(true, x) && live(false, y)) {
      ++counts[Switching::live_products];
      next = words_.product(*x, *y);
    }
    toggle(Switching::product_bits, state.product, next.product);
    for (const auto& [tree, word] : state.terms) next.terms[tree];
    for (const auto& [tree, word] : next.terms) toggle(Switching::term_bits, state.terms[tree], word);
  }

  Word as_word(const std::vector<std::uint64_t>& words) const {
    Word result;
    for (std::size_t bit = 0; bit < accumulator_bits_; ++bit)
      result[bit] = (words[bit / 64] >> (bit % 64) & 1) != 0;
    return result;
  }

  void accumulate(std::size_t lane, const std::vector<std::uint64_t>& before,
                  const std::vector<std::uint64_t>& after) {
    const Word x = as_word(before), y = as_word(after);
    counts[Switching::accumulator_bits] += (x ^ y).count();
    toggle(Switching::sum_bits, sums_[lane], words_.has_integer_sums() ? difference(y, x) : y);
  }

  // Bit by bit, modulo the accumulator's width.
  Word difference(const Word& x, const Word& y) const {
    Word result;
    bool borrow = false;
    for (std::size_t bit = 0; bit < accumulator_bits_; ++bit) {
      const int d = static_cast<int>(x[bit]) - static_cast<int>(y[bit]) - static_cast<int>(borrow);
      result[bit] = (d & 1) != 0;
      borrow = d < 0;
    }
    return result;
  }

  const HardwareWords& words_;
  std::size_t lanes_;
  std::size_t accumulator_bits_;
  std::vector<Word> sums_;
  std::map<std::size_t, State> states_;
};

// Runs beats on a datapath and counts them both ways.
class SwitchingComparison {
 public:
  SwitchingComparison(const Datapath& datapath, const HardwareWords& words, unsigned lanes,
                      unsigned vector_size)
      : datapath_(datapath),
        lanes_(lanes),
        size_(vector_size),
        switching_(datapath, lanes, vector_size),
        oracle_(words, lanes, datapath.accumulator_bits()),
        a_(lanes * vector_size * datapath.packed_bytes()),
        b_(vector_size * datapath.packed_bytes()),
        before_(lanes * datapath.accumulator_bytes()),
        after_(lanes * datapath.accumulator_bytes()) {
    datapath_.clear(after_.data(), lanes_);
  }

  void clear_accumulators() { datapath_.clear(after_.data(), lanes_); }

  // The offsets are those of Datapath::pack_a and pack_b.
  void beat(const Slots& a, const Slots& b, unsigned rows, std::int32_t offset_a = 0,
            std::int32_t offset_b = 0) {
    for (std::size_t i = 0; i < rows * size_; ++i)
      pack(true, a[i], offset_a, a_.data() + i * datapath_.packed_bytes());
    for (std::size_t i = 0; i < size_; ++i)
      pack(false, b[i], offset_b, b_.data() + i * datapath_.packed_bytes());
    std::copy_n(after_.data(), lanes_ * datapath_.accumulator_bytes(), before_.data());
    DotCounts counts;
    datapath_.beat(a_.data(), b_.data(), size_, rows, after_.data(), counts);
    switching_.beat(a_.data(), b_.data(), rows, before_.data(), after_.data());
    oracle_.beat(a, b, rows, words_of(before_, rows), words_of(after_, rows));
  }

  const SwitchingCounts& counted() const { return switching_.counts(); }
  const SwitchingCounts& expected() const { return oracle_.counts; }

 private:
  void pack(bool is_a, const Slot& slot, std::int32_t offset, std::byte* packed) const {
    if (!slot)
      datapath_.pack_padding(1, packed);
    else if (is_a)
      datapath_.pack_a({&*slot, 1}, offset, packed);
    else
      datapath_.pack_b({&*slot, 1}, offset, packed);
  }

  std::vector<std::vector<std::uint64_t>> words_of(const AlignedBytes& accumulators, unsigned rows) const {
    const std::size_t bytes = datapath_.accumulator_bytes();
    std::vector<std::vector<std::uint64_t>> result;
    for (std::size_t row = 0; row < rows; ++row) {
      auto& words = result.emplace_back((bytes + 7) / 8);
      std::memcpy(words.data(), accumulators.data() + row * bytes, bytes);
    }
    return result;
  }

  const Datapath& datapath_;
  unsigned lanes_;
  unsigned size_;
  LaneSwitching switching_;
  SwitchingOracle oracle_;
  AlignedBytes a_, b_, before_, after_;
};

// Every valid code of a format.
inline std::vector<Code> codes_of(const NumberFormat& format, unsigned bits) {
  std::vector<Code> codes;
  for (Code code = 0; code < Code{1} << bits; ++code)
    if (format.is_valid(code)) codes.push_back(code);
  return codes;
}

// As a message shows them.
inline std::string shown(const SwitchingCounts& counts) {
  std::string text;
  for (std::size_t i = 0; i < kSwitchingCount; ++i)
    text += std::string(kSwitchingNames[i]) + ' ' + std::to_string(counts.counts[i]) + "; ";
  return text;
}

// Any of the codes, a zero or padding with some probability. The held vectors stay for some beats.
class RandomBeats {
 public:
  explicit RandomBeats(unsigned seed) : engine_(seed) {}

  unsigned below(unsigned n) { return static_cast<unsigned>(engine_() % n); }
  Slots slots(std::size_t count, const std::vector<Code>& codes, Code zero) {
    Slots result;
    for (std::size_t i = 0; i < count; ++i) {
      const unsigned kind = below(8);
      result.push_back(kind == 0   ? Slot{}
                       : kind == 1 ? Slot{zero}
                                   : Slot{codes[below(static_cast<unsigned>(codes.size()))]});
    }
    return result;
  }

 private:
  std::mt19937_64 engine_;
};

}  // namespace lnsim::arith
