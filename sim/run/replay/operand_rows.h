// The values of one operand of a product, row by row of its matrix.
#pragma once

#include <cstdint>

namespace lnsim {

class OperandRows {
 public:
  virtual ~OperandRows() = default;
  virtual std::int64_t rows() const = 0;          // of a group
  virtual std::int64_t row_elements() const = 0;  // padding included
  // Writes row_elements() values; padding is 0.
  virtual void values(std::int64_t group, std::int64_t row, double* out) const = 0;
};

}  // namespace lnsim
