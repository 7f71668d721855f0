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
  // Rows of `stride` elements, `vector_size` of them used; padding elsewhere and at the beginning.
  HeldRows(std::size_t lanes, std::size_t vector_size, std::size_t stride, const Packed& padding)
      : vector_size_(vector_size), stride_(stride), padding_(padding), held_(lanes * stride, padding) {}

  // Takes the rows of `a`; whether they differ from those held.
  bool take(const Packed* a, std::size_t rows) {
    if (rows == rows_ && holds(a)) return false;
    for (std::size_t row = 0; row < rows; ++row)
      std::copy_n(a + row * vector_size_, vector_size_, held_.data() + row * stride_);
    if (rows < rows_) std::fill_n(held_.data() + rows * stride_, (rows_ - rows) * stride_, padding_);
    rows_ = rows;
    return true;
  }

  const AlignedVector<Packed>& all() const { return held_; }

 private:
  bool holds(const Packed* a) const {
    if (stride_ == vector_size_) return std::memcmp(a, held_.data(), rows_ * stride_ * sizeof(Packed)) == 0;
    for (std::size_t row = 0; row < rows_; ++row) {
      if (std::memcmp(a + row * vector_size_, held_.data() + row * stride_, vector_size_ * sizeof(Packed)) !=
          0)
        return false;
    }
    return true;
  }

  std::size_t vector_size_;
  std::size_t stride_;
  Packed padding_;
  std::size_t rows_ = 0;
  AlignedVector<Packed> held_;
};

}  // namespace lnsim::arith
