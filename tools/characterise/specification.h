// What is to be characterised: designs of models/rtl and the operands they see. One YAML file.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "models/arith/datapath.h"
#include "models/arith/number_format.h"
#include "sim/run/trace/trace.h"

namespace lnsim::characterise {

enum class Unit : std::uint8_t { lane, ppu_quantiser, madam_lane, sgd_lane, adam_lane };
inline constexpr std::array<std::string_view, 5> kUnitNames{"lane", "ppu_quantiser", "madam_lane", "sgd_lane",
                                                            "adam_lane"};
constexpr bool is_update_lane(Unit unit) {
  return unit == Unit::madam_lane || unit == Unit::sgd_lane || unit == Unit::adam_lane;
}

// Defaults are those of the default machine.
struct DesignParameters {
  std::string name;
  Unit unit = Unit::lane;
  unsigned vector_size = 32;
  unsigned lanes = 32;
  unsigned collector_entries = 16;
  bool split_signs = false;
  bool booth = false;
  arith::DatapathParameters datapath;
  arith::FormatParameters operand_a, operand_b;  // of an LNS datapath
  arith::FormatParameters output;                // of the quantiser
  arith::FormatParameters stored{.bits = 16, .gamma = 2048};
  arith::FormatParameters gradient;
  double gradient_bound = 10;
  unsigned latency_cycles = 12;
  bool energy_table = true;

  template <class Visitor>
  void describe(Visitor& v) {
    v.text("name", name, "Name of the design in the results.");
    v.choice("unit", unit, kUnitNames, "Module of models/rtl: lane is that of the datapath's kind.");
    v.when(unit == Unit::lane, "unit: lane", [&] {
      v.integer("vector_size", vector_size, {1, 1024}, "elements", "Products per cycle.");
      v.integer("lanes", lanes, {1, 1024}, "lanes", "Lanes that share the register of the streamed operand.");
      v.integer("collector_entries", collector_entries, {2, 1024}, "entries",
                "Entries of the accumulation collector, and beats for which an A vector is held.");
      v.boolean(
          "split_signs", split_signs,
          "LNS: an adder tree each for positive and negative products of a bin, instead of one on two's "
          "complement numbers.");
      v.boolean("booth", booth, "Integer and floating-point lanes: multipliers by radix-4 Booth recoding.");
    });
    v.when(!is_update_lane(unit), "unit: lane or ppu_quantiser", [&] {
      v.section("datapath", datapath, "As in a run config.");
      v.when(datapath.kind == arith::DatapathKind::lns, "datapath.kind: lns", [&] {
        v.section("operand_a", operand_a, "Format of the operand that is held.");
        v.section("operand_b", operand_b, "Format of the operand that streams.");
      });
    });
    v.when(unit == Unit::ppu_quantiser, "unit: ppu_quantiser",
           [&] { v.section("output", output, "Format of the codes."); });
    v.when(unit == Unit::madam_lane, "unit: madam_lane", [&] {
      v.section("stored", stored, "Format of the stored weights; SGD's and Adam's are single precision.");
      v.real("gradient_bound", gradient_bound, {1, 1000}, "", "Largest normalised gradient.");
    });
    v.when(is_update_lane(unit), "unit: madam_lane, sgd_lane or adam_lane", [&] {
      v.section("gradient", gradient, "Format of the gradients: LNS for Madam, else floating point.");
      v.integer("latency_cycles", latency_cycles, {1, 64}, "cycles", "Pipeline stages.");
    });
    v.boolean("energy_table", energy_table,
              "Whether the design stands for its datapath among the entries for energy tables.");
  }
};

enum class StreamKind : std::uint8_t { uniform, log_normal, recorded };
inline constexpr std::array<std::string_view, 3> kStreamKindNames{"uniform", "log_normal", "recorded"};

// What a stream is for: fitting a data-dependent model, or judging it.
enum class StreamRole : std::uint8_t { training, held_out };
inline constexpr std::array<std::string_view, 2> kStreamRoleNames{"training", "held_out"};

struct StreamParameters {
  std::string name;
  StreamKind kind = StreamKind::uniform;
  StreamRole role = StreamRole::training;
  double zeros_a = 0, zeros_b = 0;
  double sigma_octaves = 1.6;
  unsigned beats_per_sum = 8;
  std::string trace, layer;
  Pass pass = Pass::forward;

  template <class Visitor>
  void describe(Visitor& v) {
    v.text("name", name, "Name of the stream in the results.");
    v.choice(
        "kind", kind, kStreamKindNames,
        "Codes with equal shares; reals with log-normal magnitudes and random signs; operands of a trace.");
    v.choice("role", role, kStreamRoleNames,
             "Whether a data-dependent model is to be fitted on it or judged by it.");
    v.when(kind != StreamKind::recorded, "kind: uniform or log_normal", [&] {
      v.real("zeros_a", zeros_a, {0, 1}, "", "Share of exact zeros among the held operands.");
      v.real("zeros_b", zeros_b, {0, 1}, "", "Share of exact zeros among the streamed operands.");
      v.integer("beats_per_sum", beats_per_sum, {1, 65536}, "beats",
                "Beats that make a sum, then the entry starts from zero (our choice).");
    });
    v.when(kind == StreamKind::log_normal, "kind: log_normal", [&] {
      v.real("sigma_octaves", sigma_octaves, {0, 100}, "octaves",
             "Standard deviation of log2 of the magnitude: pi / (2 sqrt 2 ln 2) of a normal distribution.");
    });
    v.when(kind == StreamKind::recorded, "kind: recorded", [&] {
      v.text("trace", trace, "A trace with operands, a path relative to this file.");
      v.text("layer", layer, "Layer of the trace.");
      v.choice("pass", pass, kPassNames, "Pass of the layer.");
    });
  }
};

struct Specification {
  std::filesystem::path file;
  std::string name = "unnamed";
  double frequency_ghz = 1.05;
  std::uint64_t seed = 1;
  double standard_error_percent = 1;
  std::string table_stream;
  unsigned largest_cycles = 8192;
  std::vector<DesignParameters> designs;
  std::vector<StreamParameters> streams;

  template <class Visitor>
  void describe(Visitor& v) {
    v.text("name", name, "Name of the characterisation.");
    v.real("frequency_ghz", frequency_ghz, {0.001, 10.0}, "GHz",
           "Clock for which logic is mapped and at which it works; a slower design works as fast as it can.");
    v.integer("seed", seed, {0, 1'000'000'000}, "", "Of all random operands.");
    v.real("standard_error_percent", standard_error_percent, {0.01, 50}, "%",
           "Cycles are simulated until the standard error of the mean energy is below.");
    v.integer("largest_cycles", largest_cycles, {256, 10'000'000}, "cycles",
              "Where a stream ends even if the standard error is above.");
    v.text("table_stream", table_stream,
           "Stream whose energies become the entries for energy tables; the first one if left out.");
    v.list("designs", designs, "What is characterised.");
    v.list("streams", streams, "What the designs work on.");
  }
};

// Throws UserError with every mistake in the file: unknown keys, wrong types, values out of range, names that
// are missing or occur twice.
Specification read_specification(const std::filesystem::path& path);

// The formats of a lane's operands: those of an LNS datapath as given, else the datapath's own.
arith::FormatParameters format_a(const DesignParameters& design);
arith::FormatParameters format_b(const DesignParameters& design);

}  // namespace lnsim::characterise
