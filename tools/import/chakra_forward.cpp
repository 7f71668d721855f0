#include "tools/import/chakra_forward.h"

#include <algorithm>

#include "sim/run/trace/trace_formulas.h"

namespace lnsim::chakra {

namespace {

// Batch, rows, columns and contraction of a matrix product in any order, of tensors [.., M, K] and [.., K,
// N]: the three products of a layer have the same ones.
std::vector<std::int64_t> extents_of(const Tensor& left, const Tensor& right) {
  if (left.shape.size() < 2 || right.shape.size() < 2) return {};
  std::vector<std::int64_t> extents{left.shape[left.shape.size() - 2], left.shape.back(), right.shape.back()};
  std::sort(extents.begin(), extents.end());
  return extents;
}

}  // namespace

std::optional<Tensor> tensor_of(const Arguments& arguments, std::size_t position) {
  if (position >= arguments.values.size() || position >= arguments.shapes.size() ||
      position >= arguments.types.size())
    return std::nullopt;
  const auto& value = arguments.values[position];
  const auto& shape = arguments.shapes[position];
  const auto& type = arguments.types[position];
  const bool is_tensor =
      type.is_string() && type.get_ref<const std::string&>().starts_with("Tensor(") &&
      type.get_ref<const std::string&>().find("nullptr") == std::string::npos && value.is_array() &&
      value.size() == 6 && value[1].is_number_integer() && value[2].is_number_integer() && shape.is_array() &&
      std::all_of(shape.begin(), shape.end(), [](const auto& extent) {
        return extent.is_number_integer() && extent >= 0 && extent <= std::int64_t{1} << 31;
      });
  if (!is_tensor) return std::nullopt;
  return Tensor{value[1].get<std::int64_t>(), value[2].get<std::int64_t>(),
                shape.get<std::vector<std::int64_t>>()};
}

void ForwardOperators::add_product(const Operator& op, const Tensor& x, const Tensor& w) {
  products_.push_back(
      {op.sequence, x, w,
       op.name == "aten::conv2d" || op.name == "aten::conv1d" || op.name == "aten::convolution"});
}

void ForwardOperators::add_vector(const Operator& op, const std::string& native, std::int64_t elements) {
  vectors_.push_back({op.sequence, native, elements});
}

void ForwardOperators::clear() {
  products_.clear();
  vectors_.clear();
  by_function_.clear();
}

const ForwardOperators::Product* ForwardOperators::convolution(const Tensor& x, const Tensor& w) {
  const auto found = std::find_if(products_.rbegin(), products_.rend(), [&](const Product& product) {
    return product.convolution && !product.taken && product.w.same_place(w) && product.x.shape == x.shape &&
           product.w.shape == w.shape;
  });
  if (found == products_.rend()) return nullptr;
  found->taken = true;
  return &*found;
}

const ForwardOperators::Product* ForwardOperators::matrix(const Operator& op, const Tensor& left,
                                                          const Tensor& right) {
  const auto known = by_function_.find(op.parent);
  if (known != by_function_.end()) return &products_[known->second];
  const auto reads = [&](const Tensor& tensor) {
    return left.same_place(tensor) || right.same_place(tensor);
  };
  for (std::size_t i = products_.size(); i-- > 0;) {
    Product& product = products_[i];
    if (product.convolution || product.taken) continue;
    Tensor x = product.x;
    // Leading extents of a layer's input are rows.
    if (x.shape.size() > 2 && product.w.shape.size() == 2) {
      const auto elements = element_count(x.shape);
      if (!elements) continue;
      x.shape = {*elements / x.shape.back(), x.shape.back()};
    }
    if ((!reads(product.x) && !reads(product.w)) || extents_of(left, right) != extents_of(x, product.w))
      continue;
    product.taken = true;
    by_function_.emplace(op.parent, i);
    return &product;
  }
  return nullptr;
}

std::int64_t ForwardOperators::vector(const std::string& native, std::int64_t elements) {
  const auto found = std::find_if(vectors_.rbegin(), vectors_.rend(), [&](const Vector& vector) {
    return !vector.taken && vector.native == native && vector.elements == elements;
  });
  if (found == vectors_.rend()) return -1;
  found->taken = true;
  return found->sequence;
}

}  // namespace lnsim::chakra
