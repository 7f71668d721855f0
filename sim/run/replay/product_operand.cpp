#include "sim/run/replay/product_operand.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace lnsim {

using arith::Code;
using arith::Scale;
using arith::ScaleGranularity;

PackedTensor::PackedTensor(const arith::Datapath& datapath, const arith::NumberFormat& format, Side side)
    : datapath_(&datapath),
      format_(&format),
      side_(side),
      element_bytes_(datapath.packed_bytes()),
      padding_(element_bytes_) {
  const Code zero = format.zero_code();
  append({&zero, 1}, {}, 0);
  zero_ = std::exchange(packed_, {});
  values_.clear();
  datapath.pack_padding(1, padding_.data());
}

void PackedTensor::append(std::span<const Code> codes, Scale base, std::int32_t offset) {
  const std::size_t begin = packed_.size();
  packed_.resize(begin + codes.size() * element_bytes_);
  if (side_ == Side::a) {
    datapath_->pack_a(codes, offset, packed_.data() + begin);
  } else {
    datapath_->pack_b(codes, offset, packed_.data() + begin);
  }
  const Scale scale{base.k + offset};
  for (const Code code : codes) values_.push_back(format_->value(code, scale));
  // Without a code for zero, the smallest magnitude at the tensor's scale stands for it.
  zero_value_ = format_->value(format_->zero_code(), base);
}

void PackedTensor::append_padding(std::size_t count) {
  const std::size_t begin = packed_.size();
  packed_.resize(begin + count * element_bytes_);
  datapath_->pack_padding(count, packed_.data() + begin);
  values_.insert(values_.end(), count, 0.0);
}

void PackedTensor::pad(std::byte* packed, std::int64_t count) const {
  if (count > 0) datapath_->pack_padding(static_cast<std::size_t>(count), packed);
}

GatherSource PackedTensor::values() const {
  static constexpr double kPadding = 0;
  return {reinterpret_cast<const std::byte*>(values_.data()), values_.size(),
          reinterpret_cast<const std::byte*>(&zero_value_), reinterpret_cast<const std::byte*>(&kPadding),
          sizeof(double)};
}

std::shared_ptr<const PackedTensor> pack_whole(const OperandSource& source, const arith::Datapath& datapath,
                                               Side side, arith::QuantiseCounts& counts) {
  std::vector<Code> codes(source.size());
  for (std::size_t i = 0; i < codes.size(); ++i)
    codes[i] = source.quantise(i, source.tensor_scale(), i, counts);
  auto tensor = std::make_shared<PackedTensor>(datapath, source.format(), side);
  tensor->append(codes, source.tensor_scale(), 0);
  return tensor;
}

namespace {

// Marks of elements that are not in the tensor.
constexpr std::int64_t kEdge = -1, kPadding = -2;

// A matrix whose vectors lie one after the other.
OperandGather plain_gather(const OperandLayout& layout, std::int64_t vectors) {
  MatrixView view;
  view.line_stride = vectors * layout.vector_size;
  view.group_stride = layout.rows * view.line_stride;
  view.contraction = IndexKind::channel_tap;
  view.channel_stride = 1;
  return {view, Contraction{.channels = view.line_stride, .taps = 1}, Packing::flat, layout.vector_size};
}

// Indices into the tensor, or marks, of a row.
class RowIndices {
 public:
  RowIndices(const OperandLayout& layout, std::size_t tensor_size)
      : gather_(*layout.view, layout.contraction, layout.packing, layout.vector_size),
        identity_(tensor_size),
        row_(static_cast<std::size_t>(gather_.vectors() * layout.vector_size)) {
    for (std::size_t i = 0; i < tensor_size; ++i) identity_[i] = static_cast<std::int64_t>(i);
  }

  std::int64_t vectors() const { return gather_.vectors(); }

  std::span<const std::int64_t> read(std::int64_t group, std::int64_t row) {
    const GatherSource source{reinterpret_cast<const std::byte*>(identity_.data()), identity_.size(),
                              reinterpret_cast<const std::byte*>(&kEdge),
                              reinterpret_cast<const std::byte*>(&kPadding), sizeof(std::int64_t)};
    gather_.read(source, group, row, 0, vectors(), reinterpret_cast<std::byte*>(row_.data()));
    return row_;
  }

 private:
  OperandGather gather_;
  std::vector<std::int64_t> identity_;
  std::vector<std::int64_t> row_;
};

double largest(std::span<const std::int64_t> indices, std::span<const double> values) {
  double result = 0;
  for (const std::int64_t i : indices) {
    if (i >= 0) result = std::max(result, std::abs(values[static_cast<std::size_t>(i)]));
  }
  return result;
}

// Rounds elements at one scale and appends them; padding comes last in a vector.
void append_group(std::span<const std::int64_t> indices, const OperandSource& source, Scale scale, Scale base,
                  std::uint64_t stream_index, PackedTensor& tensor, arith::QuantiseCounts& counts) {
  std::vector<Code> codes;
  codes.reserve(indices.size());
  for (const std::int64_t i : indices) {
    if (i == kPadding) break;
    codes.push_back(i == kEdge ? source.format().zero_code()
                               : source.quantise(static_cast<std::size_t>(i), scale,
                                                 stream_index + codes.size(), counts));
  }
  tensor.append(codes, base, scale.k - base.k);
  tensor.append_padding(indices.size() - codes.size());
}

}  // namespace

ProductOperand::ProductOperand(const OperandLayout& layout, std::shared_ptr<const PackedTensor> whole,
                               Scale scale)
    : groups_(layout.groups),
      rows_(layout.rows),
      gather_(*layout.view, layout.contraction, layout.packing, layout.vector_size),
      tensor_(std::move(whole)),
      scale_(scale) {}

ProductOperand::ProductOperand(const OperandLayout& layout, const OperandSource& source,
                               const arith::Datapath& datapath, Side side, std::uint64_t first_index,
                               arith::QuantiseCounts& counts)
    : groups_(layout.groups),
      rows_(layout.rows),
      gather_(plain_gather(layout, layout.contraction.vectors(layout.packing, layout.vector_size))),
      scale_(source.tensor_scale()) {
  const bool per_channel = source.format().parameters().granularity == ScaleGranularity::channel;
  RowIndices matrix(layout, source.size());
  auto tensor = std::make_shared<PackedTensor>(datapath, source.format(), side);
  std::uint64_t index = first_index;
  for (std::int64_t group = 0; group < groups_; ++group) {
    for (std::int64_t row = 0; row < rows_; ++row) {
      const std::span<const std::int64_t> elements = matrix.read(group, row);
      const Scale row_scale = source.group_scale(largest(elements, source.values()));
      if (per_channel) row_scales_.push_back(row_scale);
      for (std::size_t v = 0; v < elements.size(); v += layout.vector_size) {
        const auto vector = elements.subspan(v, layout.vector_size);
        const Scale scale = per_channel ? row_scale : source.group_scale(largest(vector, source.values()));
        append_group(vector, source, scale, per_channel ? row_scale : scale_, index + v, *tensor, counts);
      }
      index += elements.size();
    }
  }
  tensor_ = std::move(tensor);
}

void ProductOperand::read(std::int64_t group, std::int64_t first, std::int64_t count,
                          std::int64_t first_vector, std::int64_t vectors, std::byte* packed) const {
  const GatherSource source = tensor_->packed();
  const auto row_bytes = vectors * gather_.vector_size() * static_cast<std::int64_t>(source.element_bytes);
  const std::int64_t present = std::clamp<std::int64_t>(gather_.vectors() - first_vector, 0, vectors);
  const std::int64_t end = std::clamp<std::int64_t>(rows_ - first, 0, count);
  for (std::int64_t i = 0; i < end; ++i) {
    std::byte* row = packed + i * row_bytes;
    if (present > 0) gather_.read(source, group, first + i, first_vector, present, row);
    tensor_->pad(row + present * row_bytes / std::max<std::int64_t>(vectors, 1),
                 (vectors - present) * gather_.vector_size());
  }
  tensor_->pad(packed + end * row_bytes, (count - end) * vectors * gather_.vector_size());
}

void ProductOperand::values(std::int64_t group, std::int64_t row, double* out) const {
  gather_.read(tensor_->values(), group, row, 0, gather_.vectors(), reinterpret_cast<std::byte*>(out));
}

}  // namespace lnsim
