#include "tools/import/pytorch_nodes.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/base/errors.h"
#include "sim/run/trace/trace_line.h"
#include "tools/import/json_integer.h"

namespace lnsim::pytorch {

namespace {
using Json = nlohmann::json;
}  // namespace

std::optional<TensorUse> Node::input(std::size_t position) const {
  return position < inputs_.size() ? inputs_[position].tensor : std::nullopt;
}
std::optional<TensorUse> Node::output(std::size_t position) const {
  return position < outputs_.size() ? outputs_[position].tensor : std::nullopt;
}

void Node::fail(std::string_view part, std::size_t position, std::string got, std::string expected) const {
  throw UserError(Diagnostic{{*file_},
                             fmt::format("{}.{}[{}] ({})", place_, part, position, name),
                             std::move(got),
                             std::move(expected)});
}

const Json& Node::value(std::size_t position, std::string_view expected, bool (*right)(const Json&)) const {
  if (position >= inputs_.size()) fail("inputs", position, "nothing", std::string(expected));
  const Json& found = inputs_[position].value;
  const bool is_tensor = inputs_[position].tensor.has_value();
  if (is_tensor || !right(found)) {
    const std::string got = is_tensor           ? "a tensor"
                            : found.is_string() ? found.get<std::string>()
                                                : quoted(found);
    fail("inputs", position, got, std::string(expected));
  }
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
