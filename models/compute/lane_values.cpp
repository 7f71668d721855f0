#include "models/compute/lane_values.h"

#include <cstring>

namespace lnsim {

void LaneValues::begin(TileData& data, std::uint32_t collector_entries, bool switching) {
  datapath_ = &data.datapath();
  vector_bytes_ = vector_size_ * datapath_->packed_bytes();
  const std::size_t used = lanes_ * datapath_->accumulator_bytes();
  entry_bytes_ = (used + kDatapathAlignment - 1) / kDatapathAlignment * kDatapathAlignment;
  a_.reserve(lanes_ * vector_bytes_);
  accumulators_.reserve(collector_entries * entry_bytes_);
  for (std::uint32_t entry = 0; entry < collector_entries; ++entry) clear(entry);
  switching_.reset();
  if (!switching) return;
  switching_.emplace(*datapath_, lanes_, vector_size_);
  accumulators_before_.reserve(entry_bytes_);
}

void LaneValues::hold_a(const OperandBuffers::Area& a, std::uint32_t first_row, std::uint32_t rows,
                        std::uint32_t vector) {
  const std::size_t row_bytes = a.tile.vectors * vector_bytes_;
  const std::byte* from = a.values->data() + (first_row - a.tile.first) * row_bytes +
                          (vector - a.tile.first_vector) * vector_bytes_;
  for (std::uint32_t row = 0; row < rows; ++row) {
    std::memcpy(a_.data() + row * vector_bytes_, from + row * row_bytes, vector_bytes_);
  }
}

void LaneValues::beat(const OperandBuffers::Area& b, std::uint32_t column, std::uint32_t vector,
                      std::uint32_t rows, std::uint32_t entry, arith::DotCounts& counts) {
  const std::size_t at =
      (column - b.tile.first) * std::size_t{b.tile.vectors} + (vector - b.tile.first_vector);
  const std::byte* const vector_b = b.values->data() + at * vector_bytes_;
  std::byte* const sums = accumulators(entry);
  if (switching_) std::memcpy(accumulators_before_.data(), sums, entry_bytes_);
  datapath_->beat(a_.data(), vector_b, vector_size_, rows, sums, counts);
  if (switching_) switching_->beat(a_.data(), vector_b, rows, accumulators_before_.data(), sums);
}

}  // namespace lnsim
