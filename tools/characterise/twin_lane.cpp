#include "tools/characterise/twin_lane.h"

#include <cstring>

namespace lnsim::characterise {

TwinLane::TwinLane(const DesignParameters& design)
    : size_(design.vector_size),
      format_a_(arith::make_format(format_a(design))),
      format_b_(arith::make_format(format_b(design))),
      datapath_(arith::make_datapath(design.datapath, *format_a_, *format_b_)),
      switching_(*datapath_, 1, size_),
      sum_bytes_((datapath_->accumulator_bytes() + kDatapathAlignment - 1) / kDatapathAlignment *
                 kDatapathAlignment) {
  a_.reserve(size_ * datapath_->packed_bytes());
  b_.reserve(size_ * datapath_->packed_bytes());
  sums_.reserve(design.collector_entries * sum_bytes_);
  before_.reserve(sum_bytes_);
  for (unsigned entry = 0; entry < design.collector_entries; ++entry) datapath_->clear(sum_of(entry), 1);
}

void TwinLane::beat(const Hold& hold, unsigned entry) {
  std::byte* sum = sum_of(entry);
  datapath_->pack_a(hold.a, 0, a_.data());
  datapath_->pack_b(std::span(hold.b).subspan(std::size_t{entry} * size_, size_), 0, b_.data());
  if (hold.first) datapath_->clear(sum, 1);
  std::memcpy(before_.data(), sum, datapath_->accumulator_bytes());
  datapath_->beat(a_.data(), b_.data(), size_, 1, sum, dots_);
  switching_.beat(a_.data(), b_.data(), 1, before_.data(), sum);
}

}  // namespace lnsim::characterise
