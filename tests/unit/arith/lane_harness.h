// Drives a datapath as a vector unit does: packs, clears, beats, reads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "models/arith/aligned_vector.h"
#include "models/arith/datapath.h"

namespace lnsim::arith {

// Aligned as a datapath's arrays must be.
using AlignedBytes = AlignedVector<std::byte>;

class LaneHarness {
 public:
  LaneHarness(const Datapath& datapath, unsigned lanes)
      : datapath_(datapath), lanes_(lanes), accumulators_(lanes * datapath.accumulator_bytes()) {
    datapath_.clear(accumulators_.data(), lanes_);
  }

  // `a` holds lanes x b.size() codes; the last `padding` elements of every vector are replaced by padding.
  void beat(std::span<const Code> a, std::span<const Code> b, std::size_t padding = 0,
            std::int32_t offset_a = 0, std::int32_t offset_b = 0) {
    const std::size_t size = b.size(), bytes = datapath_.packed_bytes();
    AlignedBytes packed_a(lanes_ * size * bytes), packed_b(size * bytes);
    for (std::size_t lane = 0; lane < lanes_; ++lane) {
      std::byte* row = packed_a.data() + lane * size * bytes;
      datapath_.pack_a(a.subspan(lane * size, size - padding), offset_a, row);
      datapath_.pack_padding(padding, row + (size - padding) * bytes);
    }
    datapath_.pack_b(b.first(size - padding), offset_b, packed_b.data());
    datapath_.pack_padding(padding, packed_b.data() + (size - padding) * bytes);
    datapath_.beat(packed_a.data(), packed_b.data(), static_cast<unsigned>(size), lanes_,
                   accumulators_.data(), counts);
  }

  double value(unsigned lane = 0) const { return datapath_.value(accumulator(lane)); }
  const std::byte* accumulator(unsigned lane = 0) const {
    return accumulators_.data() + lane * datapath_.accumulator_bytes();
  }

  DotCounts counts;

 private:
  const Datapath& datapath_;
  unsigned lanes_;
  AlignedBytes accumulators_;
};

}  // namespace lnsim::arith
