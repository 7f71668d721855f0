#include "tools/import/onnx_fold.h"

#include <algorithm>
#include <cstring>
#include <functional>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace lnsim::onnx {

namespace {

// A number or a list of them; what shapes are made of is short.
struct Integers {
  bool is_list = false;
  std::vector<std::int64_t> values;
};
using Result = std::optional<Integers>;

constexpr std::size_t kMostIntegers = 4096;

template <class Element>
std::vector<std::int64_t> raw_integers(const std::string& bytes) {
  std::vector<Element> elements(bytes.size() / sizeof(Element));
  if (!elements.empty()) std::memcpy(elements.data(), bytes.data(), elements.size() * sizeof(Element));
  return {elements.begin(), elements.end()};
}

Result integers_of(const ::onnx::TensorProto& tensor) {
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

class Folder {
 public:
  explicit Folder(::onnx::GraphProto& graph) : graph_(graph) {
    for (const auto& tensor : graph.initializer()) {
      if (const Result known = integers_of(tensor)) known_.emplace(tensor.name(), *known);
      shapes_.emplace(tensor.name(), std::vector<std::int64_t>(tensor.dims().begin(), tensor.dims().end()));
    }
    for (const auto* list : {&graph.input(), &graph.value_info(), &graph.output()}) {
      for (const auto& info : *list) read_shape(info);
    }
  }

  bool run() {
    std::set<std::string> folded;
    for (const auto& node : graph_.node()) {
      const bool own = node.domain().empty() || node.domain() == "ai.onnx";
      if (!own || node.output_size() != 1) continue;
      Result result = evaluate(node);
      if (!result || result->values.size() > kMostIntegers) continue;
      known_.insert_or_assign(node.output(0), std::move(*result));
      if (node.op_type() != "Constant") folded.insert(node.output(0));
    }
    if (folded.empty()) return false;
    replace(folded);
    return true;
  }

 private:
  void read_shape(const ::onnx::ValueInfoProto& info) {
    if (!info.type().has_tensor_type() || !info.type().tensor_type().has_shape()) return;
    types_[info.name()] = info.type().tensor_type().elem_type();
    std::vector<std::int64_t> shape;
    for (const auto& dimension : info.type().tensor_type().shape().dim()) {
      if (!dimension.has_dim_value() || dimension.dim_value() < 0) return;
      shape.push_back(dimension.dim_value());
    }
    shapes_.insert_or_assign(info.name(), std::move(shape));
  }

  const Integers* input(const ::onnx::NodeProto& node, int position) const {
    if (position >= node.input_size()) return nullptr;
    const auto found = known_.find(node.input(position));
    return found == known_.end() ? nullptr : &found->second;
  }

  static const ::onnx::AttributeProto* attribute(const ::onnx::NodeProto& node, const char* name) {
    const auto found = std::find_if(node.attribute().begin(), node.attribute().end(),
                                    [&](const auto& entry) { return entry.name() == name; });
    return found == node.attribute().end() ? nullptr : &*found;
  }

  Result evaluate(const ::onnx::NodeProto& node) const {
    const std::string& op = node.op_type();
    if (op == "Constant") return constant(node);
    if (op == "Shape") return shape(node);
    if (op == "Concat") return concat(node);
    const Integers* first = input(node, 0);
    if (first == nullptr) return std::nullopt;
    if (op == "Identity") return *first;
    if (op == "Cast") return cast(node, *first);
    if (op == "Squeeze") return first->values.size() == 1 ? Result({false, first->values}) : std::nullopt;
    if (op == "Unsqueeze") return first->is_list ? std::nullopt : Result({true, first->values});
    if (op == "Gather") return gather(*first, input(node, 1));
    if (op == "Slice") return slice(*first, node);
    if (op == "ReduceProd") return product(*first, node);
    const Integers* second = input(node, 1);
    if (second == nullptr) return std::nullopt;
    if (op == "Add")
      return combine(*first, *second,
                     [](auto a, auto b, auto& c) { return !__builtin_add_overflow(a, b, &c); });
    if (op == "Sub")
      return combine(*first, *second,
                     [](auto a, auto b, auto& c) { return !__builtin_sub_overflow(a, b, &c); });
    if (op == "Mul")
      return combine(*first, *second,
                     [](auto a, auto b, auto& c) { return !__builtin_mul_overflow(a, b, &c); });
    if (op == "Div") return combine(*first, *second, divide);
    return std::nullopt;
  }

  static bool divide(std::int64_t a, std::int64_t b, std::int64_t& c) {
    if (b == 0 || (b == -1 && a == std::numeric_limits<std::int64_t>::min())) return false;
    c = a / b;
    return true;
  }

  static Result constant(const ::onnx::NodeProto& node) {
    if (const auto* value = attribute(node, "value")) return integers_of(value->t());
    if (const auto* value = attribute(node, "value_int")) return Integers{false, {value->i()}};
    if (const auto* value = attribute(node, "value_ints"))
      return Integers{true, {value->ints().begin(), value->ints().end()}};
    return std::nullopt;
  }

  // Of the shape the extents from `start` to `end`, counted from the end when negative.
  Result shape(const ::onnx::NodeProto& node) const {
    const auto found = node.input_size() == 0 ? shapes_.end() : shapes_.find(node.input(0));
    if (found == shapes_.end()) return std::nullopt;
    const auto rank = static_cast<std::int64_t>(found->second.size());
    const auto bound = [&](const char* name, std::int64_t otherwise) {
      const auto* given = attribute(node, name);
      const std::int64_t value = given == nullptr ? otherwise : given->i();
      return std::clamp<std::int64_t>(value < 0 ? value + rank : value, 0, rank);
    };
    const std::int64_t start = bound("start", 0);
    const std::int64_t end = std::max(start, bound("end", rank));
    return Integers{true, {found->second.begin() + start, found->second.begin() + end}};
  }

  Result concat(const ::onnx::NodeProto& node) const {
    Integers all{true, {}};
    for (int i = 0; i < node.input_size(); ++i) {
      const Integers* part = input(node, i);
      if (part == nullptr || !part->is_list || all.values.size() > kMostIntegers) return std::nullopt;
      all.values.insert(all.values.end(), part->values.begin(), part->values.end());
    }
    return all;
  }

  static Result cast(const ::onnx::NodeProto& node, const Integers& from) {
    const auto* to = attribute(node, "to");
    const bool integer =
        to != nullptr && (to->i() == ::onnx::TensorProto::INT64 || to->i() == ::onnx::TensorProto::INT32);
    return integer ? Result(from) : std::nullopt;
  }

  static Result gather(const Integers& from, const Integers* indices) {
    if (!from.is_list || indices == nullptr) return std::nullopt;
    Integers picked{indices->is_list, {}};
    const auto size = static_cast<std::int64_t>(from.values.size());
    for (std::int64_t index : indices->values) {
      if (index < -size || index >= size) return std::nullopt;
      picked.values.push_back(from.values[static_cast<std::size_t>(index < 0 ? index + size : index)]);
    }
    return picked;
  }

  // Of a list, with a step of 1.
  Result slice(const Integers& from, const ::onnx::NodeProto& node) const {
    const Integers* starts = input(node, 1);
    const Integers* ends = input(node, 2);
    const Integers* steps = input(node, 4);
    const bool plain =
        from.is_list && starts != nullptr && ends != nullptr && starts->values.size() == 1 &&
        ends->values.size() == 1 &&
        (node.input_size() < 5 || (steps != nullptr && steps->values == std::vector<std::int64_t>{1}));
    if (!plain) return std::nullopt;
    const auto size = static_cast<std::int64_t>(from.values.size());
    const auto bound = [&](std::int64_t value) {
      return std::clamp<std::int64_t>(value < 0 ? value + size : value, 0, size);
    };
    const std::int64_t start = bound(starts->values[0]);
    const std::int64_t end = std::max(start, bound(ends->values[0]));
    return Integers{true, {from.values.begin() + start, from.values.begin() + end}};
  }

  static Result product(const Integers& from, const ::onnx::NodeProto& node) {
    const auto* keep = attribute(node, "keepdims");
    std::int64_t all = 1;
    for (const std::int64_t value : from.values) {
      if (__builtin_mul_overflow(all, value, &all)) return std::nullopt;
    }
    return Integers{from.is_list && (keep == nullptr || keep->i() != 0), {all}};
  }

  // Element by element; a single one goes with every element of the other.
  template <class Operation>
  static Result combine(const Integers& a, const Integers& b, Operation operation) {
    const std::size_t size = std::max(a.values.size(), b.values.size());
    const bool fits = !a.values.empty() && !b.values.empty() &&
                      (a.values.size() == size || a.values.size() == 1) &&
                      (b.values.size() == size || b.values.size() == 1);
    if (!fits) return std::nullopt;
    Integers result{a.is_list || b.is_list, std::vector<std::int64_t>(size)};
    for (std::size_t i = 0; i < size; ++i) {
      const std::int64_t left = a.values[a.values.size() == 1 ? 0 : i];
      const std::int64_t right = b.values[b.values.size() == 1 ? 0 : i];
      if (!operation(left, right, result.values[i])) return std::nullopt;
    }
    return result;
  }

  void replace(const std::set<std::string>& folded) {
    auto& nodes = *graph_.mutable_node();
    nodes.erase(std::remove_if(nodes.begin(), nodes.end(),
                               [&](const auto& node) {
                                 return node.output_size() == 1 && folded.contains(node.output(0));
                               }),
                nodes.end());
    auto& infos = *graph_.mutable_value_info();
    infos.erase(std::remove_if(infos.begin(), infos.end(),
                               [&](const auto& info) { return folded.contains(info.name()); }),
                infos.end());
    for (const std::string& name : folded) {
      const Integers& integers = known_.at(name);
      auto& tensor = *graph_.add_initializer();
      tensor.set_name(name);
      const auto type = types_.find(name);
      const bool narrow = type != types_.end() && type->second == ::onnx::TensorProto::INT32;
      tensor.set_data_type(narrow ? ::onnx::TensorProto::INT32 : ::onnx::TensorProto::INT64);
      if (integers.is_list) tensor.add_dims(static_cast<std::int64_t>(integers.values.size()));
      for (const std::int64_t value : integers.values) {
        if (narrow) {
          tensor.add_int32_data(static_cast<std::int32_t>(value));
        } else {
          tensor.add_int64_data(value);
        }
      }
    }
  }

  ::onnx::GraphProto& graph_;
  std::unordered_map<std::string, Integers> known_;                    // by value
  std::unordered_map<std::string, std::vector<std::int64_t>> shapes_;  // by value
  std::unordered_map<std::string, int> types_;                         // by value
};

}  // namespace

bool fold_integers(::onnx::GraphProto& graph) {
  return Folder(graph).run();
}

}  // namespace lnsim::onnx
