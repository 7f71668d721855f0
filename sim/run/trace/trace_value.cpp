// Reading lines of composed values.
#include <fmt/format.h>

#include "sim/run/trace/trace_formulas.h"
#include "sim/run/trace/trace_reader.h"

namespace lnsim {
namespace {

constexpr std::int64_t kMostElements = std::int64_t{1} << 62;

std::optional<StridedPlaces> read_places(TraceLine& line, const char* path, std::size_t dimensions) {
  const auto numbers =
      line.integers(path, {0, kMostElements}, dimensions + 1, dimensions + 1, Need::required);
  if (!numbers) return std::nullopt;
  return StridedPlaces{numbers->front(), {numbers->begin() + 1, numbers->end()}};
}

// Whether every place lies in `elements` of them; checked extent by extent, so that nothing overflows.
bool are_within(const StridedPlaces& places, const std::vector<std::int64_t>& shape, std::int64_t elements) {
  std::int64_t last = places.first;
  for (std::size_t i = 0; i < shape.size() && last < elements; ++i) {
    if (shape[i] > 1 && places.strides[i] > (elements - 1 - last) / (shape[i] - 1)) return false;
    last += (shape[i] - 1) * places.strides[i];
  }
  return last < elements;
}

std::optional<ValuePart> read_part(TraceLine& line, std::int64_t elements) {
  ValuePart part;
  part.of = line.text("of", Need::required).value_or("");
  part.factor = line.real("factor", Need::optional).value_or(part.factor);
  if (!line.has("shape")) return part;
  const auto shape = line.integers("shape", kExtentRange, 0, kMostDimensions, Need::required);
  if (!shape) return std::nullopt;
  if (!element_count(*shape)) {
    line.mistake_at("shape", "at most 2^62 elements");
    return std::nullopt;
  }
  const auto from = read_places(line, "from", shape->size());
  const auto to = read_places(line, "to", shape->size());
  if (!from || !to) return std::nullopt;
  if (!are_within(*to, *shape, elements)) {
    line.mistake_at("to", fmt::format("places below {}", elements));
    return std::nullopt;
  }
  part.shape = *shape;
  part.from = *from;
  part.to = *to;
  return part;
}

}  // namespace

void read_trace_value(TraceLine& line, std::map<std::string, ComposedValue>& values) {
  const auto name = line.text("value", Need::required);
  if (!name) return;
  const bool is_new = !values.contains(*name);
  ComposedValue& value = values[*name];
  if (line.has("because")) {
    value.because = line.text("because", Need::required).value_or("");
    return;
  }
  const auto elements = line.integer("elements", {1, kMostElements}, Need::required);
  if (!elements) return;
  if (!is_new && value.because.empty() && *elements != value.elements) {
    line.mistake_at("elements", fmt::format("{}, as in the value's other lines", value.elements));
    return;
  }
  value.elements = *elements;
  if (auto part = read_part(line, *elements)) value.parts.push_back(std::move(*part));
}

}  // namespace lnsim
