// One beat of LNS lanes: which window the vectorised kernel works in, what becomes of its sums, and the
// definition for the lanes that the kernel cannot do.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "models/arith/lns_kernel.h"
#include "models/arith/lns_scalar_lane.h"

namespace lnsim::arith {

class LnsBeat {
 public:
  explicit LnsBeat(const LnsGeometry& geometry);

  // Adds one dot product per lane to the accumulators (`words` 64-bit words each: 1, or more for a wide exact
  // sum whose bit 0 weighs 2^exact_unit()).
  void run(const PackedLns* a, const PackedLns* b, unsigned vector_size, unsigned lanes,
           std::uint64_t* accumulators, std::size_t words, DotCounts& counts) const;

  int exact_unit() const { return scalar_.exact_unit(); }
  // Bit above the largest product, counted from exact_unit().
  unsigned product_bits() const { return product_bits_; }

 private:
  // Up to 64 lanes of a beat.
  struct Block {
    const PackedLns* a;
    const PackedLns* b;
    unsigned vector_size;
    unsigned lanes;
    std::uint64_t* accumulators;
    std::size_t words;

    std::span<std::uint64_t> accumulator(unsigned lane) const { return {accumulators + lane * words, words}; }
  };

  bool binned() const;
  int window_base(unsigned factor_bits) const;
  LnsKernel kernel_with_base(int base) const;
  std::optional<LnsKernel> sum_kernel() const;
  std::optional<LnsKernel> bin_kernel() const;

  void run_sums(const Block& block, DotCounts& counts) const;
  void run_bins(const Block& block, DotCounts& counts) const;
  void run_scalar(const Block& block, unsigned lane, DotCounts& counts) const;
  void redo(const Block& block, unsigned lane, DotCounts& counts) const;
  void add_counts(const Block& block, const LnsKernelCounts& seen, DotCounts& counts) const;

  void add_exact(std::int64_t sum, std::span<std::uint64_t> accumulator) const;
  void add_narrow(std::int64_t sum, std::uint64_t& accumulator, DotCounts& counts) const;
  void add_bins(std::span<const std::int64_t> bins, std::uint64_t& accumulator, DotCounts& counts) const;
  template <class Integer>
  Integer multiply_bins(std::span<const std::int64_t> bins, DotCounts& counts) const;
  void fit(const LsbSum& sum, std::uint64_t& accumulator, DotCounts& counts) const;

  const LnsGeometry& geometry_;
  LnsScalarLane scalar_;
  unsigned product_bits_;
  std::optional<LnsKernel> kernel_;  // none: the definition does all lanes
  int bits_below_lsb_ = 0;           // of a bin's sum, or of the whole sum when there are no bins
  bool bins_fit_64_bits_ = false;    // each multiplied by its constant, and their sum
};

}  // namespace lnsim::arith
