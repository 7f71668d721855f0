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

// One lane behind its multipliers. What a family of datapaths does not have stays empty.
struct LaneWords {
  std::vector<Word> distances;                  // by slot
  std::vector<std::map<unsigned, Word>> terms;  // by slot and tree; where there is none, zero
  std::map<unsigned, Word> trees;
  std::optional<Word> sum;  // otherwise the difference that the beat makes to the accumulator
};

// How one pair of formats stands in the hardware.
class HardwareWords {
 public:
  virtual ~HardwareWords() = default;
  virtual bool is_zero(bool is_a, Code code) const = 0;
  virtual bool is_negative(bool, Code) const { return false; }  // for the sign of a product
  virtual Word operand(bool is_a, Code code) const = 0;
  virtual Word multiples(const Slot&, const Slot&) const { return {}; }
  virtual Word product(Code a, Code b) const = 0;  // of two operands that are not zero
  virtual LaneWords lane(const Slots&, const Slots&) const { return {}; }
  // Of a bit pattern of the accumulator.
  virtual bool adds_nothing(const Word& augend) const { return augend.none(); }
};

// The multiples that the radix-4 digits of y select, x in two's complement of bits_x bits or, unsigned, one
// bit more.
inline Word booth_oracle(std::int64_t x, std::int64_t y, int bits_x, int bits_y, bool is_signed) {
  Word word;
  const int digits = is_signed ? (bits_y + 1) / 2 : bits_y / 2 + 1;
  std::size_t at = 0;
  for (int digit = 0; digit < digits; ++digit) {
    const auto bit = [&](int i) { return i < 0 ? 0 : static_cast<int>(y >> i & 1); };
    const int value = bit(2 * digit - 1) + bit(2 * digit) - 2 * bit(2 * digit + 1);
    // -x is one more than the inverse of x.
    const std::int64_t multiple = value >= 0 ? value * x : value * x - 1;
    for (int i = 0; i <= bits_x; ++i, ++at) word[at] = (multiple >> i & 1) != 0;
  }
  return word;
}

class SwitchingOracle {
 public:
  SwitchingOracle(const HardwareWords& words, unsigned lanes, unsigned accumulator_bits)
      : words_(words),
        lanes_(lanes),
        accumulator_bits_(accumulator_bits),
        sums_(lanes),
        augends_(lanes),
        trees_(lanes) {}

  // Accumulators as 64-bit words, lowest first.
  void beat(const Slots& a, const Slots& b, unsigned rows,
            const std::vector<std::vector<std::uint64_t>>& before,
            const std::vector<std::vector<std::uint64_t>>& after) {
    const std::size_t size = b.size();
    for (std::size_t lane = 0; lane < lanes_; ++lane) {
      Slots row(size);
      if (lane < rows) std::copy_n(a.begin() + static_cast<std::ptrdiff_t>(lane * size), size, row.begin());
      const LaneWords next = words_.lane(row, b);
      for (std::size_t i = 0; i < size; ++i) slot(lane * size + i, row[i], b[i], next, i);
      toggle_all(Switching::tree_bits, trees_[lane], next.trees);
      const Word augend = lane < rows ? as_word(before[lane]) : Word{};
      const Word result = lane < rows ? as_word(after[lane]) : Word{};
      const Word sum = next.sum ? *next.sum : difference(result, augend);
      counts[Switching::additions] += sum.any() && !words_.adds_nothing(augend) ? 1 : 0;
      counts[Switching::accumulator_bits] += (augend ^ result).count();
      toggle(Switching::augend_bits, augends_[lane], augend);
      toggle(Switching::sum_bits, sums_[lane], sum);
    }
  }

  SwitchingCounts counts;

 private:
  struct State {
    Word a, b, multiples, product, sign, distance;
    std::map<unsigned, Word> terms;
  };

  void toggle(Switching what, Word& held, const Word& next) {
    counts[what] += (held ^ next).count();
    held = next;
  }
  // What is in none of the maps is zero.
  void toggle_all(Switching what, std::map<unsigned, Word>& held, std::map<unsigned, Word> next) {
    for (const auto& [key, word] : held) next[key];
    for (const auto& [key, word] : next) toggle(what, held[key], word);
  }

  bool live(bool is_a, const Slot& x) const { return x && !words_.is_zero(is_a, *x); }
  bool negative(bool is_a, const Slot& x) const { return x && words_.is_negative(is_a, *x); }

  void slot(std::size_t at, const Slot& x, const Slot& y, const LaneWords& lane, std::size_t i) {
    State& state = states_[at];
    ++counts[Switching::slots];
    const bool product = live(true, x) && live(false, y);
    counts[Switching::live_products] += product ? 1 : 0;
    toggle(Switching::operand_a_bits, state.a, x ? words_.operand(true, *x) : Word{});
    toggle(Switching::operand_b_bits, state.b, y ? words_.operand(false, *y) : Word{});
    toggle(Switching::multiple_bits, state.multiples, words_.multiples(x, y));
    toggle(Switching::product_bits, state.product, product ? words_.product(*x, *y) : Word{});
    toggle(Switching::sign_bits, state.sign, word_of(negative(true, x) != negative(false, y) ? 1 : 0));
    // Before the first beat all registers are zero, and a product without a leading one is shifted out.
    toggle(Switching::distance_bits, state.distance, lane.distances.empty() ? Word{} : lane.distances[i]);
    toggle_all(Switching::term_bits, state.terms,
               lane.terms.empty() ? std::map<unsigned, Word>{} : lane.terms[i]);
  }

  Word as_word(const std::vector<std::uint64_t>& words) const {
    Word result;
    for (std::size_t bit = 0; bit < accumulator_bits_; ++bit)
      result[bit] = (words[bit / 64] >> (bit % 64) & 1) != 0;
    return result;
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
  std::vector<Word> sums_, augends_;
  std::vector<std::map<unsigned, Word>> trees_;
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
