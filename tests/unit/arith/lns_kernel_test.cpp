// The vectorised lane equals the definition, on every instruction set that this machine has.
#include "models/arith/lns_kernel.h"

#include <gtest/gtest.h>
#include <hwy/highway.h>

#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "models/arith/lns_beat.h"
#include "models/arith/lns_datapath.h"
#include "models/arith/lns_format.h"
#include "models/arith/lns_scalar_lane.h"

namespace lnsim::arith {
namespace {

// Chooses one instruction set for its lifetime.
class Target {
 public:
  explicit Target(std::int64_t target) { choose(target); }
  ~Target() { choose(0); }
  Target(const Target&) = delete;
  Target& operator=(const Target&) = delete;

 private:
  static void choose(std::int64_t target) {
    hwy::SetSupportedTargetsForTest(target);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
  }
};

std::vector<std::int64_t> targets() {
  std::vector<std::int64_t> result;
  for (std::int64_t rest = hwy::SupportedTargets() & HWY_TARGETS; rest != 0; rest &= rest - 1)
    result.push_back(rest & -rest);
  return result;
}

struct Lanes {
  std::vector<std::uint64_t> accumulators;
  DotCounts counts;
  bool operator==(const Lanes&) const = default;
};

// A pair of formats and a datapath, and one beat of it in both ways.
class Pair {
 public:
  Pair(const DatapathParameters& parameters, const FormatParameters& a, const FormatParameters& b)
      : layout_a_(a),
        layout_b_(b),
        format_a_(make_lns(a)),
        format_b_(make_lns(b)),
        datapath_(make_lns_datapath(parameters, *format_a_, *format_b_)),
        geometry_(parameters, layout_a_, lowest(a), layout_b_, lowest(b)),
        definition_(geometry_) {}

  const LnsLayout& layout_a() const { return layout_a_; }
  const LnsLayout& layout_b() const { return layout_b_; }

  std::vector<PackedLns> pack_a(const std::vector<Code>& codes, std::int32_t offset = 0) const {
    std::vector<PackedLns> packed(codes.size());
    datapath_->pack_a(codes, offset, reinterpret_cast<std::byte*>(packed.data()));
    return packed;
  }
  std::vector<PackedLns> pack_b(const std::vector<Code>& codes, std::int32_t offset = 0) const {
    std::vector<PackedLns> packed(codes.size());
    datapath_->pack_b(codes, offset, reinterpret_cast<std::byte*>(packed.data()));
    return packed;
  }

  Lanes beat(const std::vector<PackedLns>& a, const std::vector<PackedLns>& b, unsigned lanes) const {
    Lanes result{std::vector<std::uint64_t>(lanes * words()), {}};
    datapath_->beat(reinterpret_cast<const std::byte*>(a.data()),
                    reinterpret_cast<const std::byte*>(b.data()), static_cast<unsigned>(b.size()), lanes,
                    reinterpret_cast<std::byte*>(result.accumulators.data()), result.counts);
    return result;
  }

  Lanes defined(const std::vector<PackedLns>& a, const std::vector<PackedLns>& b, unsigned lanes) const {
    Lanes result{std::vector<std::uint64_t>(lanes * words()), {}};
    const DatapathParameters& p = geometry_.parameters;
    for (unsigned lane = 0; lane < lanes; ++lane) {
      const std::span row(a.data() + lane * b.size(), b.size());
      std::uint64_t* const accumulator = &result.accumulators[lane * words()];
      if (p.accumulator == AccumulatorMode::exact) {
        definition_.exact(row, b, {accumulator, words()}, result.counts);
      } else {
        const LsbSum sum = definition_.narrow(row, b, result.counts);
        *accumulator =
            static_cast<std::uint64_t>(accumulate(0, sum, p.accumulator_bits, p.overflow, result.counts));
      }
    }
    return result;
  }

  std::size_t words() const { return datapath_->accumulator_bytes() / 8; }

 private:
  static int lowest(const FormatParameters& format) {
    return format.granularity == ScaleGranularity::tensor ? 0 : kLowestOffsetOctaves;
  }

  LnsLayout layout_a_;
  LnsLayout layout_b_;
  std::unique_ptr<const NumberFormat> format_a_;
  std::unique_ptr<const NumberFormat> format_b_;
  std::unique_ptr<const Datapath> datapath_;
  LnsGeometry geometry_;
  LnsScalarLane definition_;
};

std::string describe(const DatapathParameters& p) {
  return std::string(kTruncationPointNames[static_cast<std::size_t>(p.truncate_at)]) + ' ' +
         std::string(kTruncationRuleNames[static_cast<std::size_t>(p.truncation)]) + ' ' +
         std::string(kAccumulatorModeNames[static_cast<std::size_t>(p.accumulator)]) + " table " +
         std::to_string(p.table_entries) + " lsb " + std::to_string(p.lsb_octaves);
}

std::vector<DatapathParameters> variants() {
  std::vector<DatapathParameters> result;
  for (const TruncationPoint point :
       {TruncationPoint::product, TruncationPoint::bin, TruncationPoint::constant, TruncationPoint::vector}) {
    for (const TruncationRule rule :
         {TruncationRule::floor, TruncationRule::toward_zero, TruncationRule::nearest_even}) {
      for (const unsigned entries : {8u, 2u}) {
        DatapathParameters p;
        p.truncate_at = point;
        p.truncation = rule;
        p.table_entries = entries;
        result.push_back(p);
      }
    }
  }
  DatapathParameters exact;
  exact.accumulator = AccumulatorMode::exact;
  result.push_back(exact);
  return result;
}

TEST(LnsKernel, equals_the_definition_for_every_pair_of_codes_of_eight_bits) {
  const FormatParameters format{.bits = 8, .gamma = 8};
  constexpr unsigned kVector = 16;
  for (const DatapathParameters& parameters : variants()) {
    // The rules differ in the low bits alone: one hybrid of each truncation point will do.
    if (parameters.table_entries != 8 && parameters.truncation != TruncationRule::nearest_even) continue;
    const Pair pair(parameters, format, format);
    for (Code b = 0; b < 256; ++b) {
      // Lane a holds the code a at a place of its own, zeros elsewhere.
      std::vector<Code> row_b(kVector, b);
      std::vector<Code> rows_a(256 * kVector, pair.layout_a().zero_code());
      for (Code a = 0; a < 256; ++a) rows_a[a * kVector + (a + b) % kVector] = a;
      const auto packed_a = pair.pack_a(rows_a), packed_b = pair.pack_b(row_b);
      ASSERT_EQ(pair.beat(packed_a, packed_b, 256), pair.defined(packed_a, packed_b, 256))
          << describe(parameters) << " b = " << b;
    }
  }
}

struct Random {
  std::mt19937_64 engine{20210613};
  unsigned below(unsigned n) { return static_cast<unsigned>(engine() % n); }
};

// Any code, zero with some probability, padding at the end.
std::vector<PackedLns> random_rows(const Pair& pair, bool is_a, unsigned rows, unsigned size,
                                   unsigned padding, std::int32_t offset, Random& random) {
  const LnsLayout& layout = is_a ? pair.layout_a() : pair.layout_b();
  std::vector<PackedLns> packed;
  for (unsigned row = 0; row < rows; ++row) {
    std::vector<Code> codes;
    for (unsigned i = 0; i < size; ++i)
      codes.push_back(random.below(6) == 0 ? layout.zero_code() : random.below(1u << layout.bits()));
    std::vector<PackedLns> next = is_a ? pair.pack_a(codes, offset) : pair.pack_b(codes, offset);
    std::fill_n(next.end() - padding, padding, kPackedPadding);
    packed.insert(packed.end(), next.begin(), next.end());
  }
  return packed;
}

void expect_equal(const DatapathParameters& parameters, const FormatParameters& a, const FormatParameters& b,
                  Random& random) {
  const Pair pair(parameters, a, b);
  for (const unsigned size : {1u, 3u, 16u, 32u, 37u}) {
    const unsigned lanes = 1 + random.below(5);
    const unsigned padding = random.below(2) * random.below(size);
    const auto offset = [&](const FormatParameters& format) {
      return format.granularity == ScaleGranularity::tensor
                 ? 0
                 : -static_cast<std::int32_t>(random.below(40 * format.gamma));
    };
    const auto rows = random_rows(pair, true, lanes, size, padding, offset(a), random);
    const auto row = random_rows(pair, false, 1, size, padding, offset(b), random);
    ASSERT_EQ(pair.beat(rows, row, lanes), pair.defined(rows, row, lanes))
        << describe(parameters) << ' ' << a.bits << '/' << a.gamma << " x " << b.bits << '/' << b.gamma
        << " size " << size;
  }
}

TEST(LnsKernel, equals_the_definition_for_random_vectors_of_many_formats_on_every_target) {
  for (const std::int64_t target : targets()) {
    const Target chosen(target);
    Random random;
    for (const DatapathParameters& parameters : variants()) {
      SCOPED_TRACE(hwy::TargetName(target));
      expect_equal(parameters, {.bits = 8, .gamma = 8}, {.bits = 8, .gamma = 8}, random);
      expect_equal(parameters, {.bits = 8, .gamma = 16}, {.bits = 6, .gamma = 2}, random);
      expect_equal(parameters, {.bits = 5, .gamma = 1}, {.bits = 8, .gamma = 4}, random);
      expect_equal(parameters, {.bits = 8, .gamma = 1}, {.bits = 8, .gamma = 1}, random);
      expect_equal(parameters, {.bits = 16, .gamma = 2048}, {.bits = 8, .gamma = 8}, random);
    }
  }
}

TEST(LnsKernel, equals_the_definition_when_scales_lower_the_operands) {
  Random random;
  const FormatParameters channel{.granularity = ScaleGranularity::channel};
  const FormatParameters coarse{.bits = 6, .gamma = 2, .granularity = ScaleGranularity::vector};
  for (const DatapathParameters& parameters : variants()) {
    for (int repeat = 0; repeat < 4; ++repeat) {
      expect_equal(parameters, channel, channel, random);
      expect_equal(parameters, channel, coarse, random);
    }
  }
}

TEST(LnsKernel, equals_the_definition_for_accumulators_of_any_width_and_weight) {
  Random random;
  for (DatapathParameters parameters : variants()) {
    for (const Overflow overflow : {Overflow::saturate, Overflow::wrap}) {
      parameters.overflow = overflow;
      for (const unsigned bits : {8u, 24u, 62u}) {
        for (const int lsb : {0, 3, 31, 40, 60, 200}) {
          for (const unsigned constant_bits : {1u, 24u}) {
            parameters.accumulator_bits = bits;
            parameters.lsb_octaves = lsb;
            parameters.constant_bits = constant_bits;
            expect_equal(parameters, {}, {}, random);
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace lnsim::arith
