#include "sim/run/config/run_config.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <string_view>

#include "sim/base/yaml_reader.h"
#include "sim/run/trace/trace.h"

namespace lnsim {
namespace {

using arith::DatapathKind;
using arith::FormatKind;
using arith::FormatParameters;

// Rules between keys. A rule is left out when one of the keys it looks at is wrong in itself.
class Rules {
 public:
  Rules(const YamlDocument& document, YamlReport& report) : root_(*document.root), report_(report) {}

  bool are_readable(std::initializer_list<std::string> paths) const {
    return std::all_of(paths.begin(), paths.end(),
                       [&](const std::string& path) { return is_readable(path); });
  }

  void broken(const std::string& path, std::string got, std::string expected) {
    report_.add(mark_of(root_, path), path, std::move(got), std::move(expected));
  }

 private:
  // Neither the key nor a section around it has been reported.
  bool is_readable(std::string_view path) const {
    while (!report_.mentions(path)) {
      if (path.empty()) return true;
      const std::size_t dot = path.rfind('.');
      path = path.substr(0, dot == std::string_view::npos ? 0 : dot);
    }
    return false;
  }

  const YamlNode& root_;
  YamlReport& report_;
};

std::string name_of(FormatKind kind) {
  return std::string(arith::kFormatKindNames[static_cast<std::size_t>(kind)]);
}
std::string name_of(DatapathKind kind) {
  return std::string(arith::kDatapathKindNames[static_cast<std::size_t>(kind)]);
}

struct Operand {
  std::string_view name;
  const FormatParameters& format;
};

// The tensor kinds that a vector lane multiplies.
std::array<Operand, 3> operands(const FormatsParameters& formats) {
  return {{{"weight", formats.weight}, {"activation", formats.activation}, {"error", formats.error}}};
}

FormatKind operand_kind(DatapathKind datapath) {
  switch (datapath) {
    case DatapathKind::lns:
      return FormatKind::lns;
    case DatapathKind::fp32:
      return FormatKind::fp32;
    case DatapathKind::fp16:
      return FormatKind::fp16;
    case DatapathKind::bf16:
      return FormatKind::bf16;
    case DatapathKind::fp8_e4m3:
      return FormatKind::fp8_e4m3;
    case DatapathKind::fp8_e5m2:
      return FormatKind::fp8_e5m2;
    case DatapathKind::int8:
      return FormatKind::integer;
  }
  return FormatKind::lns;
}

void check_operand_formats(const AcceleratorParameters& machine, Rules& rules) {
  const FormatKind wanted = operand_kind(machine.datapath.kind);
  const std::string datapath = name_of(machine.datapath.kind);
  for (const Operand& operand : operands(machine.formats)) {
    const std::string section = fmt::format("formats.{}", operand.name);
    if (!rules.are_readable({"datapath.kind", section + ".kind", section + ".bits"})) continue;
    if (operand.format.kind != wanted) {
      rules.broken(section + ".kind", name_of(operand.format.kind),
                   fmt::format("{}, which is what the {} datapath multiplies", name_of(wanted), datapath));
    } else if (machine.datapath.kind == DatapathKind::int8 && operand.format.bits != 8) {
      rules.broken(section + ".bits", fmt::to_string(operand.format.bits),
                   "8, which is what the int8 datapath multiplies");
    }
  }
}

void check_table_size(const AcceleratorParameters& machine, Rules& rules) {
  if (machine.datapath.kind != DatapathKind::lns) return;
  if (!rules.are_readable({"datapath.kind", "datapath.table_entries"})) return;
  const std::array<Operand, 3> all = operands(machine.formats);
  // Operands of different bases are aligned to the larger one, so a product has that one's remainders.
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (std::size_t j = i + 1; j < all.size(); ++j) {
      const auto is_good = [&](const Operand& operand) {
        const std::string section = fmt::format("formats.{}", operand.name);
        return operand.format.kind == FormatKind::lns &&
               rules.are_readable({section + ".kind", section + ".gamma"});
      };
      if (!is_good(all[i]) || !is_good(all[j])) continue;
      const unsigned gamma = std::max(all[i].format.gamma, all[j].format.gamma);
      if (machine.datapath.table_entries <= gamma) continue;
      rules.broken("datapath.table_entries", fmt::to_string(machine.datapath.table_entries),
                   fmt::format("at most {}, the base factor of {} x {}", gamma, all[i].name, all[j].name));
      return;
    }
  }
}

void check_optimizer(const AcceleratorParameters& machine, Rules& rules) {
  if (!rules.are_readable({"optimizer.kind", "formats.update.kind"})) return;
  if (machine.optimizer.kind != OptimizerKind::madam || machine.formats.update.kind == FormatKind::lns)
    return;
  rules.broken("formats.update.kind", name_of(machine.formats.update.kind),
               "lns, because optimizer.kind is madam: it moves the exponents of stored weights");
}

std::uint64_t vector_bytes(const FormatParameters& format, std::uint32_t vector_size) {
  return (std::uint64_t{arith::make_format(format)->storage_bits()} * vector_size + 7) / 8;
}

void check_buffers(const AcceleratorParameters& machine, Rules& rules) {
  struct Buffer {
    std::string_view name;
    const BufferParameters& parameters;
  };
  const std::array<Buffer, 2> buffers{{{"buffer_a", machine.pe.buffer_a}, {"buffer_b", machine.pe.buffer_b}}};
  for (const Buffer& buffer : buffers) {
    const std::string path = fmt::format("pe.{}.capacity_bytes", buffer.name);
    for (const Operand& operand : operands(machine.formats)) {
      const std::string section = fmt::format("formats.{}", operand.name);
      if (!rules.are_readable(
              {path, "pe.vector_size", section + ".kind", section + ".bits", section + ".zero"}))
        continue;
      const std::uint64_t needed = 2 * vector_bytes(operand.format, machine.pe.vector_size);
      if (buffer.parameters.capacity_bytes >= needed) continue;
      rules.broken(path, fmt::to_string(buffer.parameters.capacity_bytes),
                   fmt::format("at least {} (B): two vectors of {} {} elements", needed,
                               machine.pe.vector_size, operand.name));
      break;
    }
  }
}

bool is_pass(const std::string& name) {
  return name == "*" || std::find(kPassNames.begin(), kPassNames.begin() + 3, name) != kPassNames.begin() + 3;
}

void check_tilings(const RunConfig& config, Rules& rules) {
  for (std::size_t i = 0; i < config.mapping.tiles.size(); ++i) {
    const GivenTiling& tiling = config.mapping.tiles[i];
    const std::string path = fmt::format("mapping.tiles[{}]", i);
    const auto key = [&](std::string_view name) { return fmt::format("{}.{}", path, name); };
    if (!is_pass(tiling.pass)) {
      rules.broken(key("pass"), tiling.pass, "one of forward, input_gradient, weight_gradient, *");
    }
    if (rules.are_readable({key("columns"), "pe.collector_entries"}) &&
        tiling.columns > config.machine.pe.collector_entries) {
      rules.broken(key("columns"), fmt::to_string(tiling.columns),
                   fmt::format("at most {}, the collector's entries", config.machine.pe.collector_entries));
    }
    const std::uint64_t pes = std::uint64_t{tiling.grid_groups} * tiling.grid_rows * tiling.grid_columns;
    if (rules.are_readable({key("grid_groups"), key("grid_rows"), key("grid_columns"), "pe.count"}) &&
        pes > config.machine.pe.count) {
      rules.broken(path, fmt::format("a grid of {} PEs", pes),
                   fmt::format("grid_groups x grid_rows x grid_columns of at most {}, the machine's PEs",
                               config.machine.pe.count));
    }
  }
}

void check_energy_table(const RunConfig& config, const std::filesystem::path& config_path, Rules& rules) {
  if (!rules.are_readable({"energy_table"})) return;
  if (config.energy_table.empty()) {
    rules.broken("energy_table", "nothing", "the path of an energy table, relative to this file");
    return;
  }
  std::error_code error;
  if (std::filesystem::is_regular_file(config_path.parent_path() / config.energy_table, error)) return;
  rules.broken("energy_table", config.energy_table, "the path of a file, relative to this file");
}

}  // namespace

RunConfig read_run_config(const std::filesystem::path& path) {
  return read_run_config(read_yaml(path), path);
}

RunConfig read_run_config(const YamlDocument& document, const std::filesystem::path& path) {
  YamlReport report(document);
  RunConfig config;
  read_parameters(document, config, report);

  Rules rules(document, report);
  check_operand_formats(config.machine, rules);
  check_table_size(config.machine, rules);
  check_optimizer(config.machine, rules);
  check_buffers(config.machine, rules);
  check_tilings(config, rules);
  check_energy_table(config, path, rules);
  report.throw_if_any();
  return config;
}

RunConfig run_config_values(const YamlDocument& document) {
  YamlReport report(document);
  RunConfig config;
  read_parameters(document, config, report);
  report.throw_if_any();
  return config;
}

}  // namespace lnsim
