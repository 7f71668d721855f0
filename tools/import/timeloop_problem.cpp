#include "tools/import/timeloop_problem.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "sim/base/errors.h"
#include "sim/base/text_file.h"
#include "sim/base/yaml_map.h"
#include "sim/base/yaml_reader.h"
#include "sim/run/trace/trace_reader.h"
#include "tools/import/packed_file.h"
#include "tools/import/timeloop_shape.h"

namespace lnsim::timeloop {

namespace {

constexpr const char* kExpanded =
    "a problem without templates: the front end of Timeloop writes one to parsed-processed-input.yaml";

// Aliases make lists long at no cost; these bound the work (our choice; a problem has three data spaces).
constexpr std::size_t kMostProblems = 4096;
constexpr std::size_t kMostItems = 64;
constexpr std::size_t kMostSpaces = 3;

// Version 0.4 spells with `_` what was spelt with `-`.
bool same_key(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return (x == '-' ? '_' : x) == (y == '-' ? '_' : y); });
}

const YamlEntry* find(const YamlNode& map, std::string_view key) {
  for (const YamlEntry& entry : map.entries) {
    if (same_key(entry.key, key)) return &entry;
  }
  return nullptr;
}

class Reader {
 public:
  Reader(const YamlDocument& document, YamlReport& report) : file_(document.file), report_(report) {}

  std::vector<Problem> read(const YamlNode& root) {
    const YamlEntry* problem = find(root, "problem");
    if (problem == nullptr) {
      report_.add(root.mark, "", "no `problem`", "a map `problem` with `shape` and `instance`");
      return {};
    }
    std::vector<Problem> problems;
    const YamlNode& value = *problem->value;
    if (!is_short(value, "problem", kMostProblems)) return {};
    if (value.kind != YamlNode::Kind::list) {
      problems.push_back(read_problem(value, "problem"));
    }
    for (std::size_t i = 0; i < value.items.size(); ++i) {
      problems.push_back(read_problem(*value.items[i], fmt::format("problem[{}]", i)));
      report_.throw_if_any();
    }
    if (problems.empty()) report_.add(value.mark, "problem", "an empty list", "at least one problem");
    return problems;
  }

 private:
  bool is(const YamlNode& node, YamlNode::Kind kind, const std::string& path, const char* expected) {
    if (node.kind == kind) return true;
    report_.add(node.mark, path, shown(node), expected);
    return false;
  }

  bool is_short(const YamlNode& list, const std::string& path, std::size_t most) {
    if (list.items.size() <= most) return true;
    report_.add(list.mark, path, fmt::format("{} items", list.items.size()), fmt::format("at most {}", most));
    return false;
  }

  Problem read_problem(const YamlNode& node, const std::string& path) {
    Problem problem{file_, path, node.mark, {}, {}, {}, false};
    if (!is(node, YamlNode::Kind::map, path, "a map with `shape` and `instance`")) return problem;
    if (const YamlEntry* merge = find(node, "<<<")) {
      report_.add(merge->mark, path + ".<<<", "a merge key of Timeloop's front end", kExpanded);
      return problem;
    }
    const std::optional<Shape> shape = read_shape(node, path);
    if (!shape) return problem;
    const YamlEntry* instance = find(node, "instance");
    const std::string instance_path = instance == nullptr ? path : path + ".instance";
    const YamlNode& bounds = instance == nullptr ? node : *instance->value;
    if (!is(bounds, YamlNode::Kind::map, instance_path, "a map with the bounds of the dimensions"))
      return problem;
    bind(*shape, bounds, instance_path, problem);
    return problem;
  }

  std::optional<Shape> read_shape(const YamlNode& problem, const std::string& problem_path) {
    const YamlEntry* entry = find(problem, "shape");
    if (entry == nullptr) return cnn_layer();
    const YamlNode& node = *entry->value;
    const std::string path = problem_path + ".shape";
    if (node.kind == YamlNode::Kind::scalar) {
      if (same_key(node.text, "cnn-layer")) return cnn_layer();
      if (same_key(node.text, "gemm-ABZ")) return gemm_abz();
    }
    if (!is(node, YamlNode::Kind::map, path, "a shape, or one of cnn-layer, gemm-ABZ")) return std::nullopt;
    Shape shape;
    const std::size_t before = report_size();
    read_names(node, path, shape);
    read_coefficients(node, path, shape);
    read_spaces(node, path, shape);
    if (report_size() != before) return std::nullopt;
    return shape;
  }

  std::size_t report_size() const { return report_.sorted().size(); }

  const YamlNode* list_of(const YamlNode& map, std::string_view key, const std::string& path,
                          std::size_t most = kMostItems) {
    const YamlEntry* entry = find(map, key);
    if (entry == nullptr) {
      report_.add(map.mark, path, "nothing", "a list");
      return nullptr;
    }
    const YamlNode& list = *entry->value;
    return is(list, YamlNode::Kind::list, path, "a list") && is_short(list, path, most) ? &list : nullptr;
  }

  void read_names(const YamlNode& node, const std::string& shape_path, Shape& shape) {
    const std::string path = shape_path + ".dimensions";
    const YamlNode* list = list_of(node, "dimensions", path);
    if (list == nullptr) return;
    for (const auto& item : list->items) {
      if (is(*item, YamlNode::Kind::scalar, path, "the name of a dimension"))
        shape.dimensions.push_back(item->text);
    }
  }

  void read_coefficients(const YamlNode& node, const std::string& shape_path, Shape& shape) {
    if (find(node, "coefficients") == nullptr) return;
    const std::string path = shape_path + ".coefficients";
    const YamlNode* list = list_of(node, "coefficients", path);
    if (list == nullptr) return;
    for (const auto& item : list->items) {
      if (!is(*item, YamlNode::Kind::map, path, "a map with `name` and `default`")) continue;
      const YamlEntry* name = find(*item, "name");
      const YamlEntry* value = find(*item, "default");
      if (name == nullptr) {
        report_.add(item->mark, path, "no `name`", "the name of a coefficient");
        continue;
      }
      shape.coefficients.push_back({name->value->text, std::nullopt});
      if (value != nullptr) {
        shape.coefficients.back().by_default =
            read_integer(*value->value, path + "." + name->value->text, kExtentRange, "", report_);
      }
    }
  }

  void read_spaces(const YamlNode& node, const std::string& shape_path, Shape& shape) {
    const std::string path = shape_path + ".data_spaces";
    const YamlNode* list = list_of(node, "data_spaces", path, kMostSpaces);
    if (list == nullptr) return;
    for (std::size_t i = 0; i < list->items.size(); ++i) {
      const YamlNode& item = *list->items[i];
      const std::string space_path = fmt::format("{}[{}]", path, i);
      if (!is(item, YamlNode::Kind::map, space_path, "a map with `name` and `projection`")) continue;
      NamedSpace& space = shape.spaces.emplace_back();
      if (const YamlEntry* name = find(item, "name")) space.name = name->value->text;
      if (const YamlEntry* written = find(item, "read_write")) {
        const std::string_view text = written->value->text;
        space.written = text == "true" || text == "True";
      }
      const YamlNode* axes = list_of(item, "projection", space_path + ".projection");
      if (axes == nullptr) continue;
      for (const auto& axis : axes->items) read_axis(*axis, space_path + ".projection", shape, space);
    }
  }

  // [ [R, Wdilation], [P, Wstride] ] is R x Wdilation + P x Wstride.
  void read_axis(const YamlNode& node, const std::string& path, const Shape& shape, NamedSpace& space) {
    constexpr const char* kExpected = "a list of terms, [dimension] or [dimension, coefficient]";
    if (!is(node, YamlNode::Kind::list, path, kExpected) || !is_short(node, path, kMostItems)) return;
    std::vector<NamedTerm>& axis = space.axes.emplace_back();
    for (const auto& term : node.items) {
      const bool right =
          term->kind == YamlNode::Kind::list && !term->items.empty() && term->items.size() <= 2;
      if (!right) {
        report_.add(term->mark, path, shown(*term), kExpected);
        continue;
      }
      const YamlNode& dimension = *term->items[0];
      if (std::find(shape.dimensions.begin(), shape.dimensions.end(), dimension.text) ==
          shape.dimensions.end()) {
        report_.add(dimension.mark, path, shown(dimension), "a name from `dimensions`");
        continue;
      }
      axis.push_back({dimension.text, ""});
      if (term->items.size() == 2) axis.back().coefficient = coefficient_name(*term->items[1], path, shape);
    }
  }

  std::string coefficient_name(const YamlNode& node, const std::string& path, const Shape& shape) {
    const bool known = std::any_of(shape.coefficients.begin(), shape.coefficients.end(),
                                   [&](const Coefficient& c) { return c.name == node.text; });
    if (!known) report_.add(node.mark, path, shown(node), "a name from `coefficients`");
    return known ? node.text : "";
  }

  void bind(const Shape& shape, const YamlNode& instance, const std::string& path, Problem& problem) {
    problem.dimensions = shape.dimensions;
    for (const std::string& name : shape.dimensions) {
      problem.bounds.push_back(value_of(name, std::nullopt, instance, path));
    }
    for (const NamedSpace& space : shape.spaces) {
      DataSpace& bound = problem.spaces.emplace_back();
      bound.name = space.name;
      bound.written = space.written;
      for (const auto& axis : space.axes) {
        std::vector<Term>& terms = bound.axes.emplace_back();
        for (const NamedTerm& term : axis) {
          const auto at = std::find(shape.dimensions.begin(), shape.dimensions.end(), term.dimension);
          terms.push_back({static_cast<std::size_t>(at - shape.dimensions.begin()),
                           coefficient_of(shape, term.coefficient, instance, path)});
        }
      }
    }
    const YamlEntry* densities = find(instance, "densities");
    problem.has_densities = densities != nullptr && !densities->value->entries.empty();
  }

  std::int64_t coefficient_of(const Shape& shape, const std::string& name, const YamlNode& instance,
                              const std::string& path) {
    for (const Coefficient& coefficient : shape.coefficients) {
      if (coefficient.name == name) return value_of(name, coefficient.by_default, instance, path);
    }
    return 1;
  }

  std::int64_t value_of(const std::string& name, std::optional<std::int64_t> by_default,
                        const YamlNode& instance, const std::string& path) {
    const YamlEntry* entry = find(instance, name);
    if (entry == nullptr && by_default) return *by_default;
    const std::string value_path = path + "." + name;
    if (entry == nullptr) {
      if (!report_.mentions(value_path))
        report_.add(instance.mark, value_path, "nothing", "an integer of at least 1");
      return 1;
    }
    if (report_.mentions(value_path)) return 1;
    return read_integer(*entry->value, value_path, kExtentRange, "", report_).value_or(1);
  }

  std::string file_;
  YamlReport& report_;
};

// Before anything is parsed: a template is not YAML.
void refuse_template(const std::string& file, std::string_view text) {
  const std::size_t at = std::min(text.find("{{"), text.find("{%"));
  if (at == std::string::npos) return;
  const auto line =
      static_cast<int>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
  const std::size_t start = at == 0 ? 0 : text.rfind('\n', at - 1) + 1;
  throw UserError(
      Diagnostic{{file, line + 1, static_cast<int>(at - start) + 1}, "", "a template (Jinja)", kExpanded});
}

}  // namespace

std::vector<Problem> read_problems(const std::filesystem::path& path, std::size_t largest_bytes) {
  const std::string file = path.generic_string();
  std::string text = read_packed_file(path, std::min(largest_bytes, kYamlLargestBytes));
  check_text(file, text);
  refuse_template(file, text);
  const YamlDocument document = parse_yaml(file, std::move(text));
  YamlReport report(document);
  std::vector<Problem> problems = Reader(document, report).read(*document.root);
  report.throw_if_any();
  return problems;
}

}  // namespace lnsim::timeloop
