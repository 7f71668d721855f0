// The meaning of a Liberty `cell` group.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tools/characterise/gates/liberty_library.h"
#include "tools/characterise/gates/liberty_syntax.h"

namespace lnsim::gates {

// Numbers and expressions of one file, with its units and positions.
class LibertyValues {
 public:
  // Reads the library's units; each must be written.
  explicit LibertyValues(const LibertyFile& file);

  double ps_per_unit() const { return ps_; }
  double ff_per_unit() const { return ff_; }
  double fj_per_unit() const { return ff_ * volt_ * volt_; }  // of internal_power tables
  double nw_per_unit() const { return nw_; }
  double volt_per_unit() const { return volt_; }

  [[noreturn]] void fail(int line, std::string path, std::string got, std::string expected) const;
  double number(const LibertyAttribute& attribute) const;
  double number_or(const LibertyGroup& group, std::string_view name, double otherwise) const;
  std::string text_or(const LibertyGroup& group, std::string_view name, std::string otherwise) const;
  std::vector<double> numbers(const LibertyAttribute& attribute) const;  // of one or more strings of numbers
  std::optional<BooleanFunction> function(const LibertyGroup& group, std::string_view name) const;

 private:
  // How many of ours, 10^our_power of the base unit, the unit of that name is.
  double unit(std::string_view name, std::string_view base, int our_power, std::string_view of) const;

  const LibertyFile* file_;
  double ps_ = 0, ff_ = 0, volt_ = 0, nw_ = 0;
};

// The variables and default points of lu_table_template and power_lut_template groups.
struct TableTemplate {
  std::vector<std::string> variables;
  std::vector<std::vector<double>> points;
};

// By name. Templates of quantities that nothing here uses are among them.
std::map<std::string, TableTemplate, std::less<>> read_templates(const LibertyFile& file,
                                                                 const LibertyValues& values);

Cell read_cell(const LibertyFile& file, const LibertyGroup& group, const LibertyValues& values,
               const std::map<std::string, TableTemplate, std::less<>>& templates);

}  // namespace lnsim::gates
