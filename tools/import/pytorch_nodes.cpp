#include "tools/import/pytorch_nodes.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/base/errors.h"
#include "sim/run/trace/trace_line.h"
#include "tools/import/json_integer.h"

namespace lnsim::pytorch {

using Json = nlohmann::json;

std::optional<TensorUse> Node::tensor(const Arguments& arguments, std::size_t position) {
  if (position >= arguments.values.size()) return std::nullopt;
  const Json& value = arguments.values[position];
  const Json& shape = arguments.shapes[position];
  const auto& type = arguments.types[position].get_ref<const std::string&>();
  // [tensor, storage, offset, elements, bytes per element, device]
  if (!type.starts_with("Tensor(") || type.find("nullptr") != std::string::npos || value.size() != 6) {
    return std::nullopt;
  }
  TensorUse use{value[1].get<std::int64_t>(), value[2].get<std::int64_t>(), {}, false};
  use.integral = type.find("int") != std::string::npos || type.find("long") != std::string::npos ||
                 type.find("bool") != std::string::npos || type.find("char") != std::string::npos ||
                 type.find("short") != std::string::npos;
  for (const Json& extent : shape) use.shape.push_back(extent.get<std::int64_t>());
  return use;
}

std::optional<TensorUse> Node::input(std::size_t position) const {
  return tensor(inputs_, position);
}
std::optional<TensorUse> Node::output(std::size_t position) const {
  return tensor(outputs_, position);
}

void Node::fail(std::string_view part, std::size_t position, std::string got, std::string expected) const {
  throw UserError(Diagnostic{{*file_},
                             fmt::format("{}.{}[{}] ({})", place_, part, position, name),
                             std::move(got),
                             std::move(expected)});
}

const Json& Node::value(std::size_t position, std::string_view expected, bool (*right)(const Json&)) const {
  if (position >= inputs_.values.size()) fail("inputs", position, "nothing", std::string(expected));
  const Json& found = inputs_.values[position];
  if (!right(found)) fail("inputs", position, quoted(found), std::string(expected));
  return found;
}

std::vector<std::int64_t> Node::integers(std::size_t position) const {
  const Json& list = value(position, "a list of integers from 0 to 2147483648", [](const Json& found) {
    return found.is_array() && std::all_of(found.begin(), found.end(), [](const Json& element) {
             return is_integer_within(element, 0, kLargestExtent);
           });
  });
  return list.get<std::vector<std::int64_t>>();
}

std::int64_t Node::integer(std::size_t position) const {
  return value(position, "an integer from 0 to 2147483648",
               [](const Json& found) { return is_integer_within(found, 0, kLargestExtent); })
      .get<std::int64_t>();
}

bool Node::boolean(std::size_t position) const {
  return value(position, "true or false", [](const Json& found) { return found.is_boolean(); }).get<bool>();
}

std::vector<bool> Node::booleans(std::size_t position) const {
  const Json& list = value(position, "a list of true and false", [](const Json& found) {
    return found.is_array() &&
           std::all_of(found.begin(), found.end(), [](const Json& element) { return element.is_boolean(); });
  });
  return list.get<std::vector<bool>>();
}

TensorUse Node::input_tensor(std::size_t position) const {
  const auto found = input(position);
  if (!found) fail("inputs", position, "no tensor", "a tensor");
  return *found;
}

TensorUse Node::output_tensor(std::size_t position) const {
  const auto found = output(position);
  if (!found) fail("outputs", position, "no tensor", "a tensor");
  return *found;
}

}  // namespace lnsim::pytorch
