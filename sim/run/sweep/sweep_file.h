// A sweep file: one question about many machines. YAML; paths are relative to the file.
//
//     name: formats
//     base: ../accelerators/lns-madam.yaml         the run config that every point is a variation of
//     traces: [../../traces/resnet50-b2.jsonl]     shapes: cycles and energies, added up over them
//     operands: ../../traces/digits-cnn.jsonl      recorded operands, for the numeric error; may be left out
//     reference: ../accelerators/fp8-e4m3.yaml     a machine to compare with; may be left out
//     energy_table: ../energy/characterised/nangate45.yaml     instead of the configs' own; may be left out
//     characterised: ../energy/characterised/nangate45.yaml    areas of lanes; may be left out
//     axes:
//       - {path: datapath.table_entries, values: [1, 2, 4, 8]}
//       - {path: pe.lanes, from: 8, to: 64, factor: 2}
//       - {path: clock.frequency_ghz, from: 0.5, to: 1.5, step: 0.25}
//       - {paths: [formats.weight.bits, formats.activation.bits], values: [6, 8]}    one value at all of them
//       - zip:                                     axes of equal length that move together
//           - {path: formats.weight.gamma, values: [4, 8]}
//           - {path: formats.error.gamma, values: [4, 16]}
//     constraints: ["formats.weight.bits >= formats.error.bits", "gradient_sqnr_db >
//     reference.gradient_sqnr_db - 1"] objectives: [{minimise: energy_pj}, {maximise: gradient_sqnr_db}]
//     search: {kind: grid}                         or {kind: random, samples: 100, seed: 1}
//                                                  or {kind: nsga2, population: 40, generations: 20, seed: 1}
//
// Each search may have `simulate: front`: all its points are estimated (sim/run/iteration_estimate.h), and
// only those simulated that may be on the front, given how far estimates are off: by `margin`, a share of
// their value, or by what the points that are simulated show (sim/run/sweep/sweep.h).
//
// Constraints and objectives are expressions (sim/run/sweep/expression.h) over the parameters of run configs
// and the metrics (sim/run/sweep/metrics.h); `reference.` in front of a metric is the reference's.
// Constraints over parameters alone leave points out before they are run; others keep them off the front. An
// objective may have a `name`. The point of a random or nsga2 search is a point of the grid.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/yaml_document.h"

namespace lnsim {

struct SweepTrack {
  std::vector<std::string> paths;
  std::vector<std::shared_ptr<const YamlNode>> values;
};

// Its tracks have equally many values and move together.
struct SweepAxis {
  std::vector<SweepTrack> tracks;
  std::size_t size() const { return tracks.front().values.size(); }
};

struct SweepObjective {
  std::string name;
  std::string expression;
  bool maximise = false;
};

enum class SearchKind : std::uint8_t { grid, random, nsga2 };
inline constexpr std::array<std::string_view, 3> kSearchKindNames{"grid", "random", "nsga2"};

// Which points of a search are simulated: all of them, or those near the front of estimates.
enum class Simulated : std::uint8_t { all, front };
inline constexpr std::array<std::string_view, 2> kSimulatedNames{"all", "front"};

struct SweepSearch {
  SearchKind kind = SearchKind::grid;
  Simulated simulate = Simulated::all;
  std::optional<double> margin;  // of estimates, when only the front is simulated
  std::uint64_t samples = 0;     // random
  std::uint32_t population = 0, generations = 0;
  std::uint64_t seed = 0;
};

struct SweepFile {
  std::filesystem::path path;
  std::string name;
  std::filesystem::path base;
  std::vector<std::filesystem::path> traces;
  std::optional<std::filesystem::path> operands, reference, energy_table, characterised;
  std::vector<SweepAxis> axes;
  std::vector<std::string> constraints;
  std::vector<SweepObjective> objectives;
  SweepSearch search;

  // Points of the grid that the axes span; at most 2^62.
  std::uint64_t grid_size() const;
};

// Throws UserError with every mistake in the file: unknown keys, parameters and metrics, values that the
// parameter cannot have, files that are not there.
SweepFile read_sweep(const std::filesystem::path& path);

// In front of the name of a metric, it is the reference's.
inline constexpr std::string_view kReferencePrefix = "reference.";

// Names that expressions may use: paths of parameters, metrics, and metrics of the reference.
std::vector<std::string> expression_names(bool with_reference);

}  // namespace lnsim
