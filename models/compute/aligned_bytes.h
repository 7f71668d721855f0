// Memory for packed operands and accumulators, aligned as the datapaths want it.
#pragma once

#include <cstddef>

#include "models/arith/aligned_vector.h"

namespace lnsim {

inline constexpr std::size_t kDatapathAlignment = arith::kCacheLineBytes;

class AlignedBytes {
 public:
  // At least `size` bytes; the old contents are lost when it grows.
  void reserve(std::size_t size) {
    if (size > bytes_.size()) bytes_ = arith::AlignedVector<std::byte>(size);
  }
  std::byte* data() { return bytes_.data(); }
  const std::byte* data() const { return bytes_.data(); }

 private:
  arith::AlignedVector<std::byte> bytes_;
};

}  // namespace lnsim
