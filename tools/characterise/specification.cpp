#include "tools/characterise/specification.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <set>

#include "models/arith/minifloat.h"
#include "sim/base/yaml_reader.h"
#include "sim/run/compare/datapath_name.h"

namespace lnsim::characterise {
namespace {

using arith::DatapathKind;
using arith::FormatKind;

bool is_name(const std::string& text) {
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_' || c == '-';
  });
}

// Names stand in file names and in Verilog.
template <class Named>
void check_names(const std::string& list, const std::vector<Named>& items, const YamlNode& root,
                 YamlReport& report) {
  if (report.mentions(list)) return;
  if (items.empty()) report.add(mark_of(root, list), list, "nothing", "at least one entry");
  std::set<std::string> seen;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const std::string path = fmt::format("{}[{}].name", list, i);
    if (report.mentions(path)) continue;
    if (!is_name(items[i].name)) {
      report.add(mark_of(root, path), path, items[i].name.empty() ? "nothing" : items[i].name,
                 "a name of letters, digits, - and _, at most 64 long");
    } else if (!seen.insert(items[i].name).second) {
      report.add(mark_of(root, path), path, items[i].name, "a name that no other entry has");
    }
  }
}

arith::FormatParameters format_of(const DesignParameters& design, const arith::FormatParameters& given) {
  arith::FormatParameters format;
  switch (design.datapath.kind) {
    case DatapathKind::lns:
      return given;
    case DatapathKind::int8:
      format.kind = FormatKind::integer;
      return format;
    case DatapathKind::fp8_e4m3:
      format.kind = FormatKind::fp8_e4m3;
      return format;
    case DatapathKind::fp8_e5m2:
      format.kind = FormatKind::fp8_e5m2;
      return format;
    case DatapathKind::bf16:
      format.kind = FormatKind::bf16;
      return format;
    case DatapathKind::fp16:
      format.kind = FormatKind::fp16;
      return format;
    case DatapathKind::fp32:
      format.kind = FormatKind::fp32;
      return format;
  }
  throw ModelError("unknown datapath");
}

std::string kind_name(const arith::FormatParameters& format) {
  return std::string(arith::kFormatKindNames[static_cast<std::size_t>(format.kind)]);
}

void check_lns(const std::string& path, const arith::FormatParameters& format, const YamlNode& root,
               YamlReport& report) {
  if (report.mentions(path + ".kind") || format.kind == FormatKind::lns) return;
  report.add(mark_of(root, path + ".kind"), path + ".kind", kind_name(format), "lns");
}

void check_gradient(const std::string& path, const DesignParameters& design, const YamlNode& root,
                    YamlReport& report) {
  if (design.unit != Unit::sgd_lane && design.unit != Unit::adam_lane) {
    check_lns(path, design.gradient, root, report);
  } else if (!arith::is_minifloat(design.gradient.kind) && !report.mentions(path + ".kind")) {
    report.add(mark_of(root, path + ".kind"), path + ".kind", kind_name(design.gradient),
               "a floating-point format");
  }
}

void check_designs(const std::vector<DesignParameters>& designs, const YamlNode& root, YamlReport& report) {
  for (std::size_t i = 0; i < designs.size(); ++i) {
    const std::string path = fmt::format("designs[{}]", i);
    const DesignParameters& design = designs[i];
    check_lns(path + ".operand_a", design.operand_a, root, report);
    check_lns(path + ".operand_b", design.operand_b, root, report);
    check_lns(path + ".output", design.output, root, report);
    check_lns(path + ".stored", design.stored, root, report);
    check_gradient(path + ".gradient", design, root, report);
    const std::string kind = path + ".datapath.kind";
    if (design.unit == Unit::ppu_quantiser && design.datapath.kind != DatapathKind::lns &&
        !report.mentions(kind)) {
      report.add(mark_of(root, kind), kind, datapath_name(design.datapath.kind),
                 "lns, whose sums the quantiser takes");
    }
  }
}

void check_streams(const std::vector<StreamParameters>& streams, const YamlNode& root, YamlReport& report) {
  for (std::size_t i = 0; i < streams.size(); ++i) {
    if (streams[i].kind != StreamKind::recorded) continue;
    for (const auto& [key, value] :
         {std::pair{"trace", &streams[i].trace}, std::pair{"layer", &streams[i].layer}}) {
      const std::string path = fmt::format("streams[{}].{}", i, key);
      if (value->empty() && !report.mentions(path)) {
        report.add(mark_of(root, path), path, "nothing", "a path or name: the stream is recorded");
      }
    }
  }
}

void check_table_stream(Specification& specification, const YamlNode& root, YamlReport& report) {
  if (report.mentions("streams") || report.mentions("table_stream")) return;
  std::vector<std::string> names;
  for (const StreamParameters& stream : specification.streams) names.push_back(stream.name);
  std::string& chosen = specification.table_stream;
  if (chosen.empty() && !names.empty()) chosen = names.front();
  if (names.empty() || std::find(names.begin(), names.end(), chosen) != names.end()) return;
  report.add(mark_of(root, "table_stream"), "table_stream", chosen,
             fmt::format("one of {}", fmt::join(names, ", ")));
}

}  // namespace

Specification read_specification(const std::filesystem::path& path) {
  const YamlDocument document = read_yaml(path);
  YamlReport report(document);
  Specification specification;
  specification.file = path;
  read_parameters(document, specification, report);
  check_names("designs", specification.designs, *document.root, report);
  check_names("streams", specification.streams, *document.root, report);
  check_designs(specification.designs, *document.root, report);
  check_streams(specification.streams, *document.root, report);
  check_table_stream(specification, *document.root, report);
  report.throw_if_any();
  return specification;
}

arith::FormatParameters format_a(const DesignParameters& design) {
  return format_of(design, design.operand_a);
}
arith::FormatParameters format_b(const DesignParameters& design) {
  return format_of(design, design.operand_b);
}

}  // namespace lnsim::characterise
