// Reads the vectors of an operand matrix out of the tensor behind it, as the lanes take them.
//
// Where an element lies is the sum of a part that depends on its row and one that depends on its place in the
// contraction. The second is laid out once, as segments: runs of elements of a vector at equal distances. A
// row then costs one addition, one bounds check and one copy per segment.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "models/parameters.h"
#include "sim/run/compile/product.h"

namespace lnsim {

// A tensor of elements that are `element_bytes` long (1, 2, 4, 8 or 16), and what stands where it has none.
struct GatherSource {
  const std::byte* tensor = nullptr;
  std::size_t elements = 0;            // of the tensor
  const std::byte* zero = nullptr;     // one element: a window beyond the tensor's edge
  const std::byte* padding = nullptr;  // one element: a slot of a vector that the contraction leaves free
  std::size_t element_bytes = 0;
};

class OperandGather {
 public:
  OperandGather(const MatrixView& view, const Contraction& contraction, Packing packing,
                std::uint32_t vector_size);

  std::int64_t vectors() const { return static_cast<std::int64_t>(starts_.size()) - 1; }
  std::uint32_t vector_size() const { return vector_size_; }

  // `count` vectors of a row, [vector][element]. Throws ModelError for elements that the tensor, and vectors
  // that the contraction, does not have, and for an unsupported element size.
  void read(const GatherSource& source, std::int64_t group, std::int64_t row, std::int64_t first_vector,
            std::int64_t count, std::byte* out) const;

 private:
  // A displacement into the tensor, and the coordinates that have bounds.
  struct Place {
    std::int64_t offset = 0;
    std::int64_t y = 0;
    std::int64_t x = 0;
  };
  struct Segment {
    std::uint32_t lane = 0;
    std::uint32_t count = 0;
    bool padding = false;
    Place first;
    std::int64_t offset_step = 0;
    std::int64_t x_step = 0;
  };

  Place place(IndexKind kind, std::int64_t index, std::int64_t tap) const;
  Place row_place(std::int64_t row) const;
  void add_vector(const Contraction& contraction, Packing packing, std::int64_t vector);
  bool extends(const Segment& segment, const Place& next) const;

  template <std::size_t Bytes>
  void read_row(const GatherSource& source, const Place& row, std::int64_t first_vector, std::int64_t count,
                std::byte* out) const;

  MatrixView view_;
  std::uint32_t vector_size_;
  std::vector<Segment> segments_;
  std::vector<std::size_t> starts_{0};  // of each vector's segments
};

}  // namespace lnsim
