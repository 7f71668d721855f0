// The packed operands that lanes hold, until others come. Lanes without a row hold padding.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>

#include "models/arith/aligned_vector.h"

namespace lnsim::arith {

template <class Packed>
class HeldRows {
 public:
  // Rows of `vector_size` elements; padding at the beginning.
  HeldRows(std::size_t lanes, std::size_t vector_size, const Packed& padding)
      : vector_size_(vector_size), padding_(padding), held_(lanes * vector_size, padding) {}

  // Takes the rows of `a`; whether they differ from those held.
  bool take(const Packed* a, std::size_t rows) {
    const std::size_t size = rows * vector_size_;
    if (rows == rows_ && std::memcmp(a, held_.data(), size * sizeof(Packed)) == 0) return false;
    std::copy_n(a, size, held_.data());
    if (rows < rows_) std::fill_n(held_.data() + size, (rows_ - rows) * vector_size_, padding_);
    rows_ = rows;
    return true;
  }

  const AlignedVector<Packed>& all() const { return held_; }

 private:
  std::size_t vector_size_;
  Packed padding_;
  std::size_t rows_ = 0;
  AlignedVector<Packed> held_;
};

}  // namespace lnsim::arith
