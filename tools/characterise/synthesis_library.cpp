#include "tools/characterise/synthesis_library.h"

#include <fmt/format.h>
#include <zlib.h>

#include <array>
#include <cctype>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "sim/base/output_file.h"
#include "tools/characterise/gates/liberty_syntax.h"

namespace lnsim::characterise {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 6> kUnits{"time_unit",    "capacitive_load_unit", "voltage_unit",
                                                 "current_unit", "leakage_power_unit",   "nom_voltage"};

std::string unpacked(const fs::path& path) {
  const std::unique_ptr<gzFile_s, int (*)(gzFile)> file(gzopen(path.c_str(), "rb"), gzclose);
  if (!file) throw UserError(Diagnostic{{path.string()}, "", "a file that cannot be read", "a Liberty file"});
  std::string text;
  std::array<char, 1 << 16> buffer{};
  for (int count; (count = gzread(file.get(), buffer.data(), buffer.size())) > 0;)
    text.append(buffer.data(), static_cast<std::size_t>(count));
  return text;
}

// The groups directly within `library`: where each starts and ends.
struct GroupText {
  std::string_view name, argument, text;
};

// Behind a comment or string that starts at `at`, or `at`.
std::size_t after_quiet(std::string_view text, std::size_t at) {
  if (text.substr(at, 2) == "/*") {
    const std::size_t end = text.find("*/", at + 2);
    return end == std::string_view::npos ? text.size() : end + 2;
  }
  if (text[at] == '"') {
    const std::size_t end = text.find('"', at + 1);
    return end == std::string_view::npos ? text.size() : end + 1;
  }
  return at;
}

std::vector<GroupText> groups_of(std::string_view text) {
  std::vector<GroupText> groups;
  std::size_t start = 0;
  int depth = 0;
  for (std::size_t i = 0; i < text.size();) {
    if (const std::size_t next = after_quiet(text, i); next != i) {
      if (depth == 1 && text[i] == '/') start = next;
      i = next;
      continue;
    }
    const char c = text[i++];
    if (c == '{') {
      if (++depth == 1) start = i;
    } else if (c == '}') {
      if (--depth == 1) {
        std::string_view group = text.substr(start, i - start);
        while (!group.empty() && std::isspace(static_cast<unsigned char>(group.front())) != 0)
          group.remove_prefix(1);
        const std::size_t open = group.find('('), close = group.find(')');
        std::string_view name = group.substr(0, open);
        while (!name.empty() && std::isspace(static_cast<unsigned char>(name.back())) != 0)
          name.remove_suffix(1);
        groups.push_back({name, group.substr(open + 1, close - open - 1), group});
        start = i;
      }
    } else if (c == ';' && depth == 1) {
      start = i;
    }
  }
  return groups;
}

void check_units(const fs::path& first, const fs::path& other) {
  const gates::LibertyFile a(first), b(other);
  for (const std::string_view unit : kUnits) {
    const auto* of_a = a.library().find(unit);
    const auto* of_b = b.library().find(unit);
    const auto text = [](const gates::LibertyAttribute* attribute) {
      return attribute == nullptr ? std::string("nothing")
                                  : fmt::format("{}", fmt::join(attribute->values, ","));
    };
    if (text(of_a) == text(of_b)) continue;
    throw UserError(
        Diagnostic{of_b == nullptr ? SourcePosition{other.string(), 0, 0} : b.position(of_b->line),
                   std::string(unit), text(of_b), fmt::format("{}, as in {}", text(of_a), first.string())});
  }
}

bool is_combinational(const gates::Cell& cell) {
  return !cell.flip_flop && cell.other_state.empty();
}

}  // namespace

SynthesisLibrary write_synthesis_library(std::span<const fs::path> liberty, const gates::Library& library,
                                         const fs::path& folder) {
  SynthesisLibrary result;
  std::string combinational;
  fs::path first;
  std::set<std::string> templates;
  for (const fs::path& path : liberty) {
    const std::string text = unpacked(path);
    result.files.push_back(folder / fmt::format("cells_{}.lib", result.files.size()));
    write_file(result.files.back(), text);
    const std::vector<GroupText> groups = groups_of(text);
    std::string cells;
    bool flip_flops = false;
    std::size_t header_end = text.size();
    for (const GroupText& group : groups) {
      if (group.name != "cell") continue;
      std::string name(group.argument);
      std::erase_if(name, [](char c) { return c == '"' || c == ' '; });
      const auto cell = library.cells.find(name);
      if (cell == library.cells.end()) throw ModelError("cell " + name + " was not read");
      header_end = std::min(header_end, static_cast<std::size_t>(group.text.data() - text.data()));
      flip_flops = flip_flops || cell->second.flip_flop.has_value();
      if (is_combinational(cell->second)) cells.append(group.text).append("\n");
    }
    if (flip_flops) {
      if (!result.flip_flops.empty()) {
        throw UserError(Diagnostic{{path.string()}, "", "flip-flops", "flip-flops in one file only"});
      }
      result.flip_flops = result.files.back();
    }
    if (cells.empty()) continue;
    if (first.empty()) {
      first = path;
      combinational = text.substr(0, header_end);
    } else {
      check_units(first, path);
      for (const GroupText& group : groups)
        if (group.name != "cell" && combinational.find(group.text) == std::string::npos &&
            group.name.substr(0, 3) == "lu_" &&
            combinational.find("(" + std::string(group.argument) + ")") == std::string::npos)
          combinational.append(group.text).append("\n");
    }
    combinational += cells;
  }
  if (result.flip_flops.empty()) {
    throw UserError(Diagnostic{{liberty.front().string()}, "", "no flip-flop", "a cell with an ff group"});
  }
  result.combinational = folder / "combinational.lib";
  write_file(result.combinational, combinational + "}\n");
  return result;
}

}  // namespace lnsim::characterise
