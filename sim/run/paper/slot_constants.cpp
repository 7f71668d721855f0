#include "sim/run/paper/slot_constants.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "sim/base/errors.h"
#include "sim/run/compare/datapath_name.h"

namespace lnsim {
namespace {

using arith::DatapathKind;
using Constants = std::map<DatapathKind, SlotConstant>;

constexpr double kFjPerMj = 1e12;

// Narrows what is allowed by one row's figures.
void narrow(Constants& constants, const PublishedIteration& row, double slots) {
  for (const auto& [kind, printed] : row.energy_mj) {
    const RealInterval mj = printed.interval();
    const RealInterval fj{mj.low * kFjPerMj / slots, mj.high * kFjPerMj / slots};
    const auto [entry, is_new] = constants.try_emplace(kind);
    entry->second.allowed = is_new ? fj : intersection(entry->second.allowed, fj);
  }
}

}  // namespace

std::map<DatapathKind, SlotConstant> fit_constants(const Published& published,
                                                   const std::map<std::string, std::uint64_t>& slots,
                                                   const std::filesystem::path& file) {
  Constants constants;
  for (const PublishedIteration& row : published.iterations) {
    if (row.use != RowUse::fitted) continue;
    for (const std::string& workload : row.workloads)
      narrow(constants, row, static_cast<double>(slots.at(workload)));
  }
  std::vector<Diagnostic> mistakes;
  const auto mistake = [&](std::string got, std::string expected) {
    mistakes.push_back({{file.string()}, "iterations", std::move(got), std::move(expected)});
  };
  for (auto& [kind, constant] : constants) {
    const std::optional<PrintedNumber> shortest = shortest_in(constant.allowed);
    if (shortest) {
      constant.fj = *shortest;
    } else {
      mistake(fmt::format("fitted energies of {} that no constant gives", datapath_name(kind)),
              "figures in proportion to the networks' products");
    }
  }
  for (const PublishedIteration& row : published.iterations) {
    for (const auto& [kind, printed] : row.energy_mj) {
      if (constants.count(kind) == 0)
        mistake(fmt::format("an energy of {} for {} alone", datapath_name(kind), row.name),
                "one in a fitted row, too");
    }
  }
  if (!mistakes.empty()) throw UserError(std::move(mistakes));
  return constants;
}

}  // namespace lnsim
