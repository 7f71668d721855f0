#include "tools/import/chakra.h"

#include <fmt/format.h>

#include <span>
#include <utility>

#include "tools/import/chakra_nodes.h"
#include "tools/import/chakra_operators.h"
#include "tools/import/chakra_phases.h"
#include "tools/import/pytorch_step.h"

namespace lnsim {

bool looks_like_chakra(std::string_view beginning, std::string_view file_name) {
  if (file_name.ends_with(".et")) return !beginning.starts_with('{');
  // The length of the metadata, then its version (field 1) or first attribute (field 2), which begins with
  // its name.
  if (beginning.size() < 6 || beginning[0] <= 0) return false;
  const bool attribute = beginning[1] == '\x12' && beginning[3] == '\x0a';
  const bool version =
      beginning[1] == '\x0a' && beginning[2] > 0 && beginning[3] >= '0' && beginning[3] <= '9';
  return attribute || version;
}

ImportResult import_chakra(const std::filesystem::path& path, const ImportOptions& options) {
  const auto outline = chakra::read_outline(path, options.largest_bytes);
  const auto phases = chakra::phases_of(outline);
  const auto steps = chakra::steps_of(outline, phases);
  const pytorch::StepRange range = pytorch::step_of(steps, options.step, path);
  const std::size_t beginning = chakra::beginning_of_passes(phases, range.first);
  const auto held = [&](const auto& all) {
    return std::span(all).subspan(beginning, range.last - beginning);
  };
  auto operators = chakra::read_operators(path, options.largest_bytes, held(outline));
  pytorch::StepNodes step =
      chakra::nodes_of(std::move(operators), held(phases), range.first - beginning, path.string());
  step.step = options.step;
  step.steps = steps.size();
  const std::string source = fmt::format("Chakra execution trace {}", path.filename().string());
  return pytorch::import_step(step, path, source);
}

}  // namespace lnsim
