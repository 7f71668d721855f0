#include "tools/characterise/table_designs.h"

#include <set>
#include <tuple>

#include "sim/base/errors.h"
#include "sim/run/energy/product_octaves.h"

namespace lnsim::characterise {
namespace {

using arith::DatapathKind;

using Entry = std::tuple<Unit, DatapathKind, unsigned, double>;

Entry entry_of(const DesignParameters& design) {
  if (design.unit != Unit::lane) return {design.unit, {}, 0, 0.0};
  const DatapathKind kind = design.datapath.kind;
  if (kind != DatapathKind::lns) return {design.unit, kind, 0, 0.0};
  return {design.unit, kind, design.datapath.table_entries,
          product_octaves(design.operand_a, design.operand_b)};
}

const char* event_of(Unit unit) {
  if (is_update_lane(unit)) return "weight_update.parameter";
  return unit == Unit::lane ? "datapath.mac" : "ppu.value";
}

}  // namespace

void check_one_design_per_entry(const std::vector<DesignParameters>& designs,
                                const std::filesystem::path& file) {
  std::set<Entry> taken;
  std::vector<Diagnostic> mistakes;
  for (const DesignParameters& design : designs) {
    if (!design.energy_table || taken.insert(entry_of(design)).second) continue;
    mistakes.push_back({{file.generic_string()},
                        design.name + ".energy_table",
                        std::string("a second design for ") + event_of(design.unit),
                        "energy_table: false in all but one"});
  }
  if (!mistakes.empty()) throw UserError(std::move(mistakes));
}

}  // namespace lnsim::characterise
