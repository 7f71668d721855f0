#include "tools/import/onnx_fold.h"

#include <algorithm>
#include <cstring>
#include <limits>

namespace lnsim::onnx {

namespace {

constexpr std::size_t kMostIntegers = 4096;

template <class Element>
std::vector<std::int64_t> raw_integers(const std::string& bytes) {
  std::vector<Element> elements(bytes.size() / sizeof(Element));
  if (!elements.empty()) std::memcpy(elements.data(), bytes.data(), elements.size() * sizeof(Element));
  return {elements.begin(), elements.end()};
}

const ::onnx::AttributeProto* attribute(const ::onnx::NodeProto& node, const char* name) {
  const auto found = std::find_if(node.attribute().begin(), node.attribute().end(),
                                  [&](const auto& entry) { return entry.name() == name; });
  return found == node.attribute().end() ? nullptr : &*found;
}

// A position in a list, counted from its end when negative, within its bounds.
std::int64_t bound(std::int64_t position, std::int64_t size) {
  return std::clamp<std::int64_t>(position < 0 ? position + size : position, 0, size);
}

// Nothing when the result has no value of 64 bits.
std::optional<std::int64_t> compute(const std::string& op, std::int64_t a, std::int64_t b) {
  std::int64_t result = 0;
  if (op == "Add" && !__builtin_add_overflow(a, b, &result)) return result;
  if (op == "Sub" && !__builtin_sub_overflow(a, b, &result)) return result;
  if (op == "Mul" && !__builtin_mul_overflow(a, b, &result)) return result;
  const bool divides = op == "Div" && b != 0 && (b != -1 || a != std::numeric_limits<std::int64_t>::min());
  return divides ? std::optional(a / b) : std::nullopt;
}

}  // namespace

IntegerFolder::IntegerFolder(const ::onnx::GraphProto& graph, const Types& types) : types_(types) {
  for (const auto& tensor : graph.initializer()) {
    if (Result known = integers_of(tensor)) learn(tensor.name(), std::move(*known));
  }
}

IntegerFolder::Result IntegerFolder::integers_of(const ::onnx::TensorProto& tensor) {
  const bool wide = tensor.data_type() == ::onnx::TensorProto::INT64;
  const bool narrow = tensor.data_type() == ::onnx::TensorProto::INT32;
  if ((!wide && !narrow) || tensor.dims_size() > 1 || tensor.raw_data().size() > 8 * kMostIntegers)
    return std::nullopt;
  Integers integers{tensor.dims_size() == 1, {}};
  if (tensor.has_raw_data()) {
    integers.values =
        wide ? raw_integers<std::int64_t>(tensor.raw_data()) : raw_integers<std::int32_t>(tensor.raw_data());
  } else if (wide) {
    integers.values.assign(tensor.int64_data().begin(), tensor.int64_data().end());
  } else {
    integers.values.assign(tensor.int32_data().begin(), tensor.int32_data().end());
  }
  const auto expected = tensor.dims_size() == 1 ? tensor.dims(0) : 1;
  const bool right = integers.values.size() <= kMostIntegers &&
                     static_cast<std::int64_t>(integers.values.size()) == expected;
  return right ? Result(integers) : std::nullopt;
}

void IntegerFolder::learn(const std::string& name, Integers integers) {
  ::onnx::TensorProto& tensor = tensors_[name];
  tensor.Clear();
  tensor.set_name(name);
  tensor.set_data_type(::onnx::TensorProto::INT64);
  if (integers.is_list) tensor.add_dims(static_cast<std::int64_t>(integers.values.size()));
  for (const std::int64_t value : integers.values) tensor.add_int64_data(value);
  known_.insert_or_assign(name, std::move(integers));
}

const ::onnx::TensorProto* IntegerFolder::tensor(const std::string& name) const {
  const auto found = tensors_.find(name);
  return found == tensors_.end() ? nullptr : &found->second;
}

bool IntegerFolder::fold(const ::onnx::NodeProto& node) {
  const bool own = node.domain().empty() || node.domain() == "ai.onnx";
  if (!own || node.output_size() != 1) return false;
  Result result = evaluate(node);
  if (!result || result->values.size() > kMostIntegers) return false;
  learn(node.output(0), std::move(*result));
  return true;
}

const IntegerFolder::Integers* IntegerFolder::input(const ::onnx::NodeProto& node, int position) const {
  if (position >= node.input_size()) return nullptr;
  const auto found = known_.find(node.input(position));
  return found == known_.end() ? nullptr : &found->second;
}

IntegerFolder::Result IntegerFolder::evaluate(const ::onnx::NodeProto& node) const {
  const std::string& op = node.op_type();
  if (op == "Constant") return constant(node);
  if (op == "Shape") return shape(node);
  if (op == "Concat") return concat(node);
  const Integers* first = input(node, 0);
  if (first == nullptr) return std::nullopt;
  if (op == "Identity") return *first;
  if (op == "Cast") return cast(*first, node);
  if (op == "Squeeze") return first->values.size() == 1 ? Result({false, first->values}) : std::nullopt;
  if (op == "Unsqueeze") return first->is_list ? std::nullopt : Result({true, first->values});
  if (op == "Gather") return gather(*first, input(node, 1));
  if (op == "Slice") return slice(*first, node);
  if (op == "ReduceProd") return product(*first, node);
  const Integers* second = input(node, 1);
  return second == nullptr ? std::nullopt : combine(op, *first, *second);
}

IntegerFolder::Result IntegerFolder::constant(const ::onnx::NodeProto& node) {
  if (const auto* value = attribute(node, "value")) return integers_of(value->t());
  if (const auto* value = attribute(node, "value_int")) return Integers{false, {value->i()}};
  if (const auto* value = attribute(node, "value_ints"))
    return Integers{true, {value->ints().begin(), value->ints().end()}};
  return std::nullopt;
}

// Of the shape the extents from `start` to `end`.
IntegerFolder::Result IntegerFolder::shape(const ::onnx::NodeProto& node) const {
  const auto found = node.input_size() == 0 ? types_.end() : types_.find(node.input(0));
  if (found == types_.end() || !found->second.tensor_type().has_shape()) return std::nullopt;
  const auto& extents = found->second.tensor_type().shape().dim();
  const auto* start = attribute(node, "start");
  const auto* end = attribute(node, "end");
  const std::int64_t first = start == nullptr ? 0 : bound(start->i(), extents.size());
  const std::int64_t last = end == nullptr ? extents.size() : bound(end->i(), extents.size());
  Integers integers{true, {}};
  for (std::int64_t axis = first; axis < last; ++axis) {
    const auto& extent = extents[static_cast<int>(axis)];
    if (!extent.has_dim_value() || extent.dim_value() < 0) return std::nullopt;
    integers.values.push_back(extent.dim_value());
  }
  return integers;
}

IntegerFolder::Result IntegerFolder::concat(const ::onnx::NodeProto& node) const {
  Integers all{true, {}};
  for (int i = 0; i < node.input_size(); ++i) {
    const Integers* part = input(node, i);
    if (part == nullptr || !part->is_list || all.values.size() > kMostIntegers) return std::nullopt;
    all.values.insert(all.values.end(), part->values.begin(), part->values.end());
  }
  return all;
}

IntegerFolder::Result IntegerFolder::cast(const Integers& from, const ::onnx::NodeProto& node) {
  const auto* to = attribute(node, "to");
  const bool integer =
      to != nullptr && (to->i() == ::onnx::TensorProto::INT64 || to->i() == ::onnx::TensorProto::INT32);
  return integer ? Result(from) : std::nullopt;
}

IntegerFolder::Result IntegerFolder::gather(const Integers& from, const Integers* indices) {
  if (!from.is_list || indices == nullptr) return std::nullopt;
  Integers picked{indices->is_list, {}};
  const auto size = static_cast<std::int64_t>(from.values.size());
  for (const std::int64_t index : indices->values) {
    if (index < -size || index >= size) return std::nullopt;
    picked.values.push_back(from.values[static_cast<std::size_t>(index < 0 ? index + size : index)]);
  }
  return picked;
}

// Of a list, with a step of 1.
IntegerFolder::Result IntegerFolder::slice(const Integers& from, const ::onnx::NodeProto& node) const {
  const Integers* starts = input(node, 1);
  const Integers* ends = input(node, 2);
  const Integers* steps = input(node, 4);
  const bool by_one =
      node.input_size() < 5 || (steps != nullptr && steps->values == std::vector<std::int64_t>{1});
  const bool plain = from.is_list && by_one && starts != nullptr && ends != nullptr &&
                     starts->values.size() == 1 && ends->values.size() == 1;
  if (!plain) return std::nullopt;
  const auto size = static_cast<std::int64_t>(from.values.size());
  const std::int64_t first = bound(starts->values[0], size);
  const std::int64_t last = std::max(first, bound(ends->values[0], size));
  return Integers{true, {from.values.begin() + first, from.values.begin() + last}};
}

IntegerFolder::Result IntegerFolder::product(const Integers& from, const ::onnx::NodeProto& node) {
  const auto* keep = attribute(node, "keepdims");
  std::int64_t all = 1;
  for (const std::int64_t value : from.values) {
    if (__builtin_mul_overflow(all, value, &all)) return std::nullopt;
  }
  return Integers{from.is_list && (keep == nullptr || keep->i() != 0), {all}};
}

// Element by element; a single one goes with every element of the other.
IntegerFolder::Result IntegerFolder::combine(const std::string& op, const Integers& a, const Integers& b) {
  const std::size_t size = std::max(a.values.size(), b.values.size());
  const auto goes = [&](const Integers& operand) {
    return operand.values.size() == size || operand.values.size() == 1;
  };
  if (!goes(a) || !goes(b)) return std::nullopt;
  Integers result{a.is_list || b.is_list, {}};
  for (std::size_t i = 0; i < size; ++i) {
    const auto element =
        compute(op, a.values[a.values.size() == 1 ? 0 : i], b.values[b.values.size() == 1 ? 0 : i]);
    if (!element) return std::nullopt;
    result.values.push_back(*element);
  }
  return result;
}

}  // namespace lnsim::onnx
