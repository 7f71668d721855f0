#include "models/arith/lns_beat.h"

#include <algorithm>
#include <array>
#include <bit>

#include "models/arith/uint128.h"
#include "models/arith/wide_sum.h"

namespace lnsim::arith {
namespace {

constexpr unsigned kLog2LongestVector = static_cast<unsigned>(std::countr_zero(kLongestVector));
constexpr unsigned kBlockLanes = 64;  // whose sums are held at a time

unsigned bits_of_largest(const LogToLinear& converter) {
  std::uint64_t largest = 0;
  for (unsigned r = 0; r < converter.gamma(); ++r) largest = std::max(largest, converter.linear(r));
  return static_cast<unsigned>(std::bit_width(largest));
}

// The packed sum of a product of exponent octave * gamma, sign positive.
std::int32_t packed_floor(int octave, unsigned log2_gamma) {
  return octave * (1 << log2_gamma) * 4;
}

// x / 2^bits by the rule, 0 <= bits < width of Integer; `lost` whether that drops anything.
template <class Integer>
Integer truncate(Integer x, int bits, TruncationRule rule, bool& lost) {
  const Integer mask = (Integer{1} << bits) - 1;
  lost = (x & mask) != 0;
  if (!lost) return x >> bits;
  if (rule == TruncationRule::toward_zero && x < 0) x += mask;
  if (rule == TruncationRule::nearest_even) x += (mask >> 1) + (x >> bits & 1);
  return x >> bits;
}

// For 64-bit sums: from here on, shifts give the same result.
constexpr int kShiftLimit = 126;

LsbSum lsb_sum(Int128 x) {
  constexpr Int128 kBeyond = Int128{1} << 62;
  return {static_cast<std::uint64_t>(x), x >= kBeyond ? 1 : x < -kBeyond ? -1 : 0};
}

}  // namespace

LnsBeat::LnsBeat(const LnsGeometry& geometry)
    : geometry_(geometry),
      scalar_(geometry),
      product_bits_(static_cast<unsigned>(geometry.highest_octave - geometry.lowest_octave) +
                    bits_of_largest(geometry.converter)),
      kernel_(binned() ? bin_kernel() : sum_kernel()) {
  if (!kernel_) return;
  const LogToLinear& converter = geometry.converter;
  const int below_window = geometry.lsb_octave - kernel_->base_octave;
  const int factor_bits = static_cast<int>(converter.factor_bits());
  const int constant_bits = static_cast<int>(converter.constant_bits());
  if (!binned()) {
    bits_below_lsb_ = below_window + factor_bits + constant_bits;
    return;
  }
  bits_below_lsb_ = kernel_->truncate_products ? 0 : below_window + factor_bits;
  // A factor has factor_bits + 1 bits, a constant constant_bits + 1; the vector adds its length.
  const int bits = geometry.highest_octave - kernel_->base_octave + factor_bits + constant_bits + 2 +
                   static_cast<int>(kLog2LongestVector);
  bins_fit_64_bits_ = bits <= 62 && bits_below_lsb_ >= 0;
}

bool LnsBeat::binned() const {
  return geometry_.parameters.accumulator == AccumulatorMode::narrow &&
         geometry_.parameters.truncate_at != TruncationPoint::vector;
}

// The lowest octave of a window in which 63 bits hold the sum of the longest vector.
int LnsBeat::window_base(unsigned factor_bits) const {
  const int lowest = geometry_.highest_octave + static_cast<int>(factor_bits + kLog2LongestVector) - 63;
  return std::max(geometry_.lowest_octave, lowest);
}

LnsKernel LnsBeat::kernel_with_base(int base) const {
  LnsKernel kernel;
  kernel.log2_gamma = geometry_.log2_gamma;
  kernel.base_octave = base;
  kernel.window_floor =
      base <= geometry_.lowest_octave ? kProductFloor : packed_floor(base, geometry_.log2_gamma);
  kernel.lost_floor = geometry_.parameters.accumulator == AccumulatorMode::exact
                          ? kProductFloor
                          : std::max(kProductFloor, packed_floor(geometry_.lsb_octave, geometry_.log2_gamma));
  return kernel;
}

std::optional<LnsKernel> LnsBeat::sum_kernel() const {
  const LogToLinear& converter = geometry_.converter;
  const unsigned bits = bits_of_largest(converter);
  if (bits > 31) return std::nullopt;
  LnsKernel kernel = kernel_with_base(window_base(bits));
  for (unsigned r = 0; r < converter.gamma(); ++r)
    kernel.factors.push_back(static_cast<std::int32_t>(converter.linear(r)));
  kernel.factors.resize(std::max<std::size_t>(kernel.factors.size(), kKernelTable));
  return kernel;
}

std::optional<LnsKernel> LnsBeat::bin_kernel() const {
  const LogToLinear& converter = geometry_.converter;
  const unsigned factor_bits = converter.factor_bits();
  const int lsb = geometry_.lsb_octave;
  const bool truncate_products = geometry_.parameters.truncate_at == TruncationPoint::product;
  // Two octaves below the LSB every product is lost alike; otherwise the multiplied bins must fit 128 bits.
  const int base = truncate_products ? lsb - 2 : window_base(factor_bits + 1);
  const bool fits = truncate_products ? geometry_.highest_octave - base + static_cast<int>(factor_bits) < 50
                                      : base - lsb <= 30;
  if (!fits || converter.bins() > kKernelBins) return std::nullopt;

  LnsKernel kernel = kernel_with_base(base);
  if (truncate_products) kernel.window_floor = kProductFloor;
  kernel.truncate_products = truncate_products;
  kernel.rule = geometry_.parameters.truncation;
  kernel.product_dropped_bits = factor_bits + 2;
  // Shifted factors, and sums of the longest vector of them once truncated, in 32 bits.
  kernel.short_terms = truncate_products &&
                       geometry_.highest_octave - base + static_cast<int>(factor_bits) < 30 &&
                       geometry_.highest_octave - lsb + static_cast<int>(kLog2LongestVector) < 30;
  kernel.bins = converter.bins();
  kernel.bin_shift = geometry_.log2_gamma - static_cast<unsigned>(std::countr_zero(converter.bins()));
  for (unsigned r = 0; r < converter.gamma(); ++r)
    kernel.factors.push_back(static_cast<std::int32_t>(converter.factor(r)));
  kernel.factors.resize(std::max<std::size_t>(kernel.factors.size(), kKernelTable));
  return kernel;
}

void LnsBeat::run(const PackedLns* a, const PackedLns* b, unsigned vector_size, unsigned lanes,
                  std::uint64_t* accumulators, std::size_t words, DotCounts& counts) const {
  for (unsigned done = 0; done < lanes; done += kBlockLanes) {
    const Block block{
        a + std::size_t{done} * vector_size, b,    vector_size, std::min(kBlockLanes, lanes - done),
        accumulators + done * words,         words};
    if (!kernel_) {
      for (unsigned lane = 0; lane < block.lanes; ++lane) run_scalar(block, lane, counts);
    } else if (binned()) {
      run_bins(block, counts);
    } else {
      run_sums(block, counts);
    }
  }
}

void LnsBeat::run_sums(const Block& block, DotCounts& counts) const {
  std::array<std::int64_t, kBlockLanes> sums;
  std::array<bool, kBlockLanes> below_window;
  LnsKernelCounts seen;
  lns_sum(*kernel_, block.a, block.b, block.vector_size, block.lanes, sums.data(), below_window.data(), seen);
  add_counts(block, seen, counts);
  const bool exact = geometry_.parameters.accumulator == AccumulatorMode::exact;
  for (unsigned lane = 0; lane < block.lanes; ++lane) {
    if (below_window[lane]) {
      redo(block, lane, counts);
    } else if (exact) {
      add_exact(sums[lane], block.accumulator(lane));
    } else {
      add_narrow(sums[lane], block.accumulators[lane], counts);
    }
  }
}

void LnsBeat::run_bins(const Block& block, DotCounts& counts) const {
  std::array<std::int64_t, std::size_t{kBlockLanes} * kKernelBins> sums;
  std::array<bool, kBlockLanes> below_window;
  LnsKernelCounts seen;
  lns_bin_sums(*kernel_, block.a, block.b, block.vector_size, block.lanes, sums.data(), below_window.data(),
               seen);
  add_counts(block, seen, counts);
  for (unsigned lane = 0; lane < block.lanes; ++lane) {
    if (below_window[lane]) {
      redo(block, lane, counts);
    } else {
      add_bins(std::span(sums).subspan(std::size_t{lane} * kernel_->bins, kernel_->bins),
               block.accumulators[lane], counts);
    }
  }
}

void LnsBeat::add_counts(const Block& block, const LnsKernelCounts& seen, DotCounts& counts) const {
  counts.products += std::uint64_t{block.lanes} * block.vector_size - seen.padding;
  counts.zero_products += seen.no_product - seen.padding;
  counts.lost_products += seen.lost - seen.no_product;
  counts.truncated_sums += seen.truncated;
}

// What the kernel could not sum; it has counted the products.
void LnsBeat::redo(const Block& block, unsigned lane, DotCounts& counts) const {
  DotCounts again;
  run_scalar(block, lane, again);
  counts.truncated_sums += again.truncated_sums;
  counts.saturations += again.saturations;
}

void LnsBeat::run_scalar(const Block& block, unsigned lane, DotCounts& counts) const {
  const std::span a(block.a + std::size_t{lane} * block.vector_size, block.vector_size);
  const std::span b(block.b, block.vector_size);
  if (geometry_.parameters.accumulator == AccumulatorMode::exact)
    scalar_.exact(a, b, block.accumulator(lane), counts);
  else
    fit(scalar_.narrow(a, b, counts), block.accumulators[lane], counts);
}

void LnsBeat::add_exact(std::int64_t sum, std::span<std::uint64_t> accumulator) const {
  const bool negative = sum < 0;
  const auto bits = static_cast<std::uint64_t>(sum);
  wide_add(accumulator, negative, negative ? 0 - bits : bits,
           static_cast<unsigned>(kernel_->base_octave - geometry_.lowest_octave));
}

void LnsBeat::add_narrow(std::int64_t sum, std::uint64_t& accumulator, DotCounts& counts) const {
  if (bits_below_lsb_ < -63) {  // an LSB so far below the window that any sum but zero is beyond the register
    fit({0, (sum > 0) - (sum < 0)}, accumulator, counts);
    return;
  }
  bool lost = false;
  const TruncationRule rule = geometry_.parameters.truncation;
  LsbSum in_lsb;
  if (bits_below_lsb_ < 0)
    in_lsb = lsb_sum(sum * (Int128{1} << -bits_below_lsb_));
  else if (bits_below_lsb_ < 62)
    in_lsb = lsb_sum(truncate(sum, bits_below_lsb_, rule, lost));
  else
    in_lsb = lsb_sum(truncate(Int128{sum}, std::min(bits_below_lsb_, kShiftLimit), rule, lost));
  if (lost) ++counts.truncated_sums;
  fit(in_lsb, accumulator, counts);
}

void LnsBeat::add_bins(std::span<const std::int64_t> bins, std::uint64_t& accumulator,
                       DotCounts& counts) const {
  const LsbSum sum = bins_fit_64_bits_ ? lsb_sum(multiply_bins<std::int64_t>(bins, counts))
                                       : lsb_sum(multiply_bins<Int128>(bins, counts));
  fit(sum, accumulator, counts);
}

// The bins times their constants, in units of the LSB.
template <class Integer>
Integer LnsBeat::multiply_bins(std::span<const std::int64_t> bins, DotCounts& counts) const {
  const TruncationRule rule = geometry_.parameters.truncation;
  const bool truncate_bins = geometry_.parameters.truncate_at == TruncationPoint::bin && bits_below_lsb_ > 0;
  const int constant_bits = static_cast<int>(geometry_.converter.constant_bits());
  const int below = truncate_bins ? 0 : bits_below_lsb_;
  const int raised = std::max(0, -below - constant_bits);  // bits that the multiplied bin lacks
  const int dropped = std::min(below + constant_bits + raised, sizeof(Integer) == 8 ? 62 : kShiftLimit);
  std::uint64_t truncated = 0;
  Integer sum = 0;
  for (unsigned i = 0; i < bins.size(); ++i) {
    Integer bin = bins[i];
    bool lost = false;
    if (truncate_bins) bin = truncate(bin, std::min(bits_below_lsb_, 62), rule, lost);
    truncated += lost ? 1 : 0;
    const Integer multiplied =
        bin * static_cast<Integer>(geometry_.converter.constant(i)) * (Integer{1} << raised);
    sum += truncate(multiplied, dropped, rule, lost);
    truncated += lost ? 1 : 0;
  }
  counts.truncated_sums += truncated;
  return sum;
}

void LnsBeat::fit(const LsbSum& sum, std::uint64_t& accumulator, DotCounts& counts) const {
  accumulator = static_cast<std::uint64_t>(accumulate(static_cast<std::int64_t>(accumulator), sum,
                                                      geometry_.parameters.accumulator_bits,
                                                      geometry_.parameters.overflow, counts));
}

}  // namespace lnsim::arith
