#include "tests/lockstep/coverage.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

namespace lnsim::lockstep {

void Coverage::code(const std::string& unit, const std::string& position, std::uint32_t code, unsigned bits) {
  Codes& codes = units_[unit].codes[position];
  if (codes.seen.empty()) {
    codes.bits = bits;
    codes.seen.resize(std::size_t{1} << bits);
  }
  if (codes.seen[code]) return;
  codes.seen[code] = true;
  ++codes.distinct;
}

void Coverage::codes(const std::string& unit, const std::string& operand,
                     const std::vector<std::vector<bool>>& seen) {
  for (std::size_t element = 0; element < seen.size(); ++element) {
    const std::string position = fmt::format("{}[{}]", operand, element);
    const auto bits = static_cast<unsigned>(std::bit_width(seen[element].size() - 1));
    for (std::size_t i = 0; i < seen[element].size(); ++i)
      if (seen[element][i]) code(unit, position, static_cast<std::uint32_t>(i), bits);
  }
}

std::uint64_t Coverage::total_cycles() const {
  std::uint64_t total = 0;
  for (const auto& [name, unit] : units_) total += unit.cycles;
  return total;
}

std::vector<std::string> Coverage::missed() const {
  std::vector<std::string> sentences;
  const auto compare = [&](const std::string& what, std::uint64_t got, std::uint64_t expected) {
    if (got < expected)
      sentences.push_back(fmt::format("{}: got {}, expected {} or more", what, got, expected));
  };
  compare("compared cycles", total_cycles(), required_cycles_);
  for (const auto& [name, unit] : units_) {
    for (const auto& [what, at_least] : unit.required) {
      const auto found = unit.counts.find(what);
      compare(name + ": " + what, found == unit.counts.end() ? 0 : found->second, at_least);
    }
    for (const auto& [position, codes] : unit.codes) {
      if (codes.bits <= unit.all_codes_up_to)
        compare(name + ": codes at " + position, codes.distinct, codes.seen.size());
    }
  }
  return sentences;
}

std::string Coverage::json() const {
  nlohmann::ordered_json report;
  report["compared_cycles"] = total_cycles();
  for (const auto& [name, unit] : units_) {
    nlohmann::ordered_json& entry = report["units"][name];
    entry["compared_cycles"] = unit.cycles;
    entry["combinations"] = unit.names;
    entry["counts"] = unit.counts;
    for (const auto& [position, codes] : unit.codes) {
      entry["codes"][position] = {{"bits", codes.bits}, {"seen", codes.distinct}, {"of", codes.seen.size()}};
    }
  }
  return report.dump(2) + "\n";
}

std::string Coverage::text() const {
  std::string text = fmt::format("lockstep coverage: {} compared cycles\n", total_cycles());
  for (const auto& [name, unit] : units_) {
    text += fmt::format("  {}: {} cycles, {} parameter combinations\n", name, unit.cycles, unit.names.size());
    for (const auto& [what, times] : unit.counts) text += fmt::format("    {:<44}{:>12}\n", what, times);
    std::map<unsigned, std::pair<double, std::size_t>> by_width;  // least share of codes seen, positions
    for (const auto& [position, codes] : unit.codes) {
      const double share = static_cast<double>(codes.distinct) / static_cast<double>(codes.seen.size());
      auto& [least, positions] = by_width.try_emplace(codes.bits, 1.0, 0).first->second;
      least = std::min(least, share);
      ++positions;
    }
    for (const auto& [bits, entry] : by_width) {
      text += fmt::format("    codes of {} bits: {} operand positions, each saw {:.1f} % or more\n", bits,
                          entry.second, 100 * entry.first);
    }
  }
  return text;
}

Coverage& coverage() {
  static Coverage instance;
  return instance;
}

namespace {

class Report final : public testing::Environment {
 public:
  void TearDown() override {
    std::cout << coverage().text();
    std::ofstream(LOCKSTEP_REPORT) << coverage().json();
    // A part of the suite need not reach what the whole must.
    if (GTEST_FLAG_GET(filter) != "*") return;
    for (const std::string& sentence : coverage().missed()) ADD_FAILURE() << sentence;
  }
};

const testing::Environment* const kReport = testing::AddGlobalTestEnvironment(new Report);

}  // namespace
}  // namespace lnsim::lockstep
