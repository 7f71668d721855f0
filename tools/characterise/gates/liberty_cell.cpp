#include "tools/characterise/gates/liberty_cell.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>

namespace lnsim::gates {
namespace {

using Templates = std::map<std::string, TableTemplate, std::less<>>;

enum class Axis { kSlew, kLoad, kOther };

// Which axis of LookupTable a template's variable is; see there for the second axis of constraints.
Axis axis_of(std::string_view variable) {
  if (variable == "input_net_transition" || variable == "input_transition_time" ||
      variable == "constrained_pin_transition")
    return Axis::kSlew;
  if (variable == "total_output_net_capacitance" || variable == "related_pin_transition") return Axis::kLoad;
  return Axis::kOther;
}

class CellReader {
 public:
  CellReader(const LibertyFile& file, const LibertyGroup& group, const LibertyValues& values,
             const Templates& templates)
      : file_(file), group_(group), values_(values), templates_(templates) {
    if (group.arguments.size() != 1) values.fail(group.line, "cell", "no name", "cell (NAME) { ... }");
    name_ = group.arguments.front();
  }

  Cell read() {
    Cell cell;
    cell.name = name_;
    cell.position = file_.position(group_.line);
    cell.area = values_.number_or(group_, "area", 0);
    if (const LibertyAttribute* leakage = group_.find("cell_leakage_power"))
      cell.cell_leakage_nw = values_.number(*leakage) * values_.nw_per_unit();
    for (const LibertyGroup& part : group_.groups) {
      if (part.name == "pg_pin" && values_.text_or(part, "pg_type", "") == "primary_ground")
        ground_.emplace_back(part.arguments.empty() ? "" : part.arguments.front());
    }
    for (const LibertyGroup& part : group_.groups) read_part(part, cell);
    return cell;
  }

 private:
  void read_part(const LibertyGroup& part, Cell& cell) const {
    if (part.name == "pin") {
      for (const std::string_view name : part.arguments) cell.pins.push_back(read_pin(part, name));
    } else if (part.name == "leakage_power" && !at_ground(part)) {
      const LibertyAttribute* value = part.find("value");
      if (value == nullptr) values_.fail(part.line, path("leakage_power.value"), "nothing", "a number");
      cell.leakage.push_back(
          {values_.function(part, "when"), values_.number(*value) * values_.nw_per_unit()});
    } else if (part.name == "ff") {
      cell.flip_flop = read_flip_flop(part);
    } else if (part.name == "latch" || part.name == "statetable") {
      cell.other_state = part.name;
    }
  }

  FlipFlop read_flip_flop(const LibertyGroup& part) const {
    FlipFlop result;
    if (part.arguments.size() != 2)
      values_.fail(part.line, path("ff"), fmt::format("{} names", part.arguments.size()),
                   "two: ff (IQ, IQN)");
    result.state = part.arguments[0];
    result.inverted_state = part.arguments[1];
    result.next_state = values_.function(part, "next_state");
    result.clocked_on = values_.function(part, "clocked_on");
    result.clear = values_.function(part, "clear");
    result.preset = values_.function(part, "preset");
    if (!result.next_state || !result.clocked_on)
      values_.fail(part.line, path("ff"), "a flip-flop without next_state or clocked_on", "both");
    return result;
  }

  Pin read_pin(const LibertyGroup& part, std::string_view name) const {
    Pin pin;
    pin.name = name;
    pin.direction = read_direction(part, pin.name);
    pin.clock = values_.text_or(part, "clock", "false") == "true";
    pin.three_state = part.find("three_state") != nullptr;
    pin.function = values_.function(part, "function");
    pin.capacitance_ff = read_capacitance(part, pin);
    for (const LibertyGroup& group : part.groups) {
      if (group.name == "internal_power" && !at_ground(group))
        pin.internal_power.push_back(read_power(group));
      if (group.name == "timing") read_timing(group, pin);
    }
    return pin;
  }

  PinDirection read_direction(const LibertyGroup& part, const std::string& pin) const {
    const std::string direction = values_.text_or(part, "direction", "");
    if (direction == "input") return PinDirection::kInput;
    if (direction == "output") return PinDirection::kOutput;
    if (direction == "inout") return PinDirection::kInout;
    if (direction == "internal") return PinDirection::kInternal;
    values_.fail(part.line, path(pin + ".direction"), direction.empty() ? "nothing" : direction,
                 "input, output, inout or internal");
  }

  double read_capacitance(const LibertyGroup& part, const Pin& pin) const {
    const LibertyAttribute* rise = part.find("rise_capacitance");
    const LibertyAttribute* fall = part.find("fall_capacitance");
    const LibertyAttribute* both = part.find("capacitance");
    double units = 0;
    if (rise != nullptr && fall != nullptr) {
      units = (values_.number(*rise) + values_.number(*fall)) / 2;
    } else if (both != nullptr) {
      units = values_.number(*both);
    } else if (pin.direction == PinDirection::kInput) {
      values_.fail(part.line, path(pin.name + ".capacitance"), "nothing", "a number");
    }
    return units * values_.ff_per_unit();
  }

  InternalPower read_power(const LibertyGroup& group) const {
    InternalPower power;
    power.related_pins = read_names(group, "related_pin");
    power.when = values_.function(group, "when");
    for (const LibertyGroup& table : group.groups) {
      const bool both = table.name == "power";
      if (both || table.name == "rise_power") power.rise_fj = read_table(table, values_.fj_per_unit());
      if (both || table.name == "fall_power") power.fall_fj = read_table(table, values_.fj_per_unit());
    }
    return power;
  }

  void read_timing(const LibertyGroup& group, Pin& pin) const {
    static constexpr std::array<std::string_view, 8> kUsed{
        "",      "combinational", "combinational_rise", "combinational_fall", "rising_edge",
        "clear", "preset",        "setup_rising"};
    TimingArc arc;
    arc.type = values_.text_or(group, "timing_type", "");
    if (std::find(kUsed.begin(), kUsed.end(), arc.type) == kUsed.end()) return;
    arc.related_pins = read_names(group, "related_pin");
    arc.sense = values_.text_or(group, "timing_sense", "");
    for (const LibertyGroup& table : group.groups) {
      LookupTable* const into = table.name == "cell_rise" || table.name == "rise_constraint"   ? &arc.rise_ps
                                : table.name == "cell_fall" || table.name == "fall_constraint" ? &arc.fall_ps
                                : table.name == "rise_transition" ? &arc.rise_transition_ps
                                : table.name == "fall_transition" ? &arc.fall_transition_ps
                                                                  : nullptr;
      if (into != nullptr) *into = read_table(table, values_.ps_per_unit());
    }
    pin.timing.push_back(std::move(arc));
  }

  std::vector<std::string> read_names(const LibertyGroup& group, std::string_view attribute) const {
    std::vector<std::string> names;
    const std::string all = values_.text_or(group, attribute, "");
    for (std::size_t at = 0; at < all.size();) {
      const std::size_t end = std::min(all.find(' ', at), all.size());
      if (end > at) names.push_back(all.substr(at, end - at));
      at = end + 1;
    }
    return names;
  }

  LookupTable read_table(const LibertyGroup& group, double unit) const {
    const TableTemplate& layout = layout_of(group);
    LookupTable table;
    for (std::size_t i = 0; i < layout.variables.size(); ++i) {
      const Axis axis = axis_of(layout.variables[i]);
      std::vector<double>& points = axis == Axis::kSlew ? table.slews_ps : table.loads_ff;
      if (axis == Axis::kOther || !points.empty())
        values_.fail(group.line, path(group.name), fmt::format("a table over {}", layout.variables[i]),
                     "a table over one slew, one load, or one of each");
      points = read_points(group, layout, i);
    }
    read_values(group, unit, table);
    const bool load_first = layout.variables.size() == 2 && axis_of(layout.variables.front()) == Axis::kLoad;
    return load_first ? transposed(table) : table;
  }

  const TableTemplate& layout_of(const LibertyGroup& group) const {
    static const TableTemplate kScalar;
    const std::string_view name = group.arguments.empty() ? "scalar" : group.arguments.front();
    const auto found = templates_.find(name);
    if (found != templates_.end()) return found->second;
    if (name != "scalar")
      values_.fail(group.line, path(group.name), std::string(name), "the name of a table template");
    return kScalar;
  }

  // Of the layout's variable number i: the table's own or the template's.
  std::vector<double> read_points(const LibertyGroup& group, const TableTemplate& layout,
                                  std::size_t i) const {
    const LibertyAttribute* index = group.find(fmt::format("index_{}", i + 1));
    std::vector<double> points = index != nullptr ? values_.numbers(*index) : layout.points[i];
    const bool capacitance = layout.variables[i] == "total_output_net_capacitance";
    for (double& point : points) point *= capacitance ? values_.ff_per_unit() : values_.ps_per_unit();
    if (points.empty() ||
        std::adjacent_find(points.begin(), points.end(), std::greater_equal<>()) != points.end())
      values_.fail(group.line, path(group.name), "points that do not ascend", "ascending points");
    return points;
  }

  void read_values(const LibertyGroup& group, double unit, LookupTable& table) const {
    const LibertyAttribute* attribute = group.find("values");
    if (attribute == nullptr) values_.fail(group.line, path(group.name), "no values", "values");
    table.values = values_.numbers(*attribute);
    const std::size_t rows = std::max<std::size_t>(table.slews_ps.size(), 1);
    const std::size_t columns = std::max<std::size_t>(table.loads_ff.size(), 1);
    if (table.values.size() != rows * columns)
      values_.fail(attribute->line, path(group.name), fmt::format("{} values", table.values.size()),
                   fmt::format("{} x {}", rows, columns));
    for (double& value : table.values) value *= unit;
  }

  // `table` has its values in order of loads first.
  static LookupTable transposed(const LookupTable& table) {
    LookupTable result = table;
    const std::size_t rows = table.slews_ps.size(), columns = table.loads_ff.size();
    for (std::size_t i = 0; i < rows; ++i) {
      for (std::size_t j = 0; j < columns; ++j) result.values[i * columns + j] = table.values[j * rows + i];
    }
    return result;
  }

  bool at_ground(const LibertyGroup& group) const {
    const std::string pin = values_.text_or(group, "related_pg_pin", "");
    return std::find(ground_.begin(), ground_.end(), pin) != ground_.end();
  }

  std::string path(std::string_view part) const { return fmt::format("{}.{}", name_, part); }

  const LibertyFile& file_;
  const LibertyGroup& group_;
  const LibertyValues& values_;
  const Templates& templates_;
  std::string name_;
  std::vector<std::string> ground_;
};

}  // namespace

Templates read_templates(const LibertyFile& file, const LibertyValues& values) {
  Templates templates;
  for (const LibertyGroup& group : file.library().groups) {
    if ((group.name != "lu_table_template" && group.name != "power_lut_template") || group.arguments.empty())
      continue;
    TableTemplate& layout = templates[std::string(group.arguments.front())];
    for (int i = 1; i <= 3; ++i) {
      const std::string variable = values.text_or(group, fmt::format("variable_{}", i), "");
      if (variable.empty()) break;
      layout.variables.push_back(variable);
      const LibertyAttribute* index = group.find(fmt::format("index_{}", i));
      layout.points.push_back(index != nullptr ? values.numbers(*index) : std::vector<double>{});
    }
  }
  return templates;
}

Cell read_cell(const LibertyFile& file, const LibertyGroup& group, const LibertyValues& values,
               const Templates& templates) {
  return CellReader(file, group, values, templates).read();
}

}  // namespace lnsim::gates
