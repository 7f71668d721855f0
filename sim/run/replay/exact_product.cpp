#include "sim/run/replay/exact_product.h"

#include <algorithm>
#include <array>
#include <vector>

namespace lnsim {

namespace {

// Columns that are worked on together: their sums fit the registers.
constexpr std::int64_t kBlock = 16;
using Sums = std::array<double, kBlock>;

// Values of columns first .. first + kBlock of B, [element][column], zero beyond the last.
class Panel {
 public:
  explicit Panel(const OperandRows& b)
      : b_(&b),
        column_(static_cast<std::size_t>(b.row_elements())),
        values_(static_cast<std::size_t>(b.row_elements() * kBlock)) {}

  void read(std::int64_t group, std::int64_t first) {
    std::fill(values_.begin(), values_.end(), 0.0);
    const std::int64_t count = std::min(kBlock, b_->rows() - first);
    for (std::int64_t c = 0; c < count; ++c) {
      b_->values(group, first + c, column_.data());
      for (std::size_t k = 0; k < column_.size(); ++k) {
        values_[k * kBlock + static_cast<std::size_t>(c)] = column_[k];
      }
    }
  }

  Sums dot(std::span<const double> row) const {
    Sums sums{};
    const double* column = values_.data();
    for (const double value : row) {
      for (std::size_t c = 0; c < kBlock; ++c) sums[c] += value * column[c];
      column += kBlock;
    }
    return sums;
  }

 private:
  const OperandRows* b_;
  std::vector<double> column_;
  std::vector<double> values_;
};

}  // namespace

void exact_product(const Product& product, const OperandRows& a, const OperandRows& b,
                   std::span<double> out) {
  Panel panel(b);
  std::vector<double> row(static_cast<std::size_t>(a.row_elements()));
  for (std::int64_t group = 0; group < product.groups; ++group) {
    for (std::int64_t first = 0; first < product.columns; first += kBlock) {
      panel.read(group, first);
      const std::int64_t columns = std::min(kBlock, product.columns - first);
      for (std::int64_t r = 0; r < product.rows; ++r) {
        a.values(group, r, row.data());
        const Sums sums = panel.dot(row);
        for (std::int64_t c = 0; c < columns; ++c) {
          const std::int64_t at = Product::offset(product.out, group, r, first + c, 0);
          out[static_cast<std::size_t>(at)] = sums[static_cast<std::size_t>(c)];
        }
      }
    }
  }
}

}  // namespace lnsim
