// The layers of the house: an arrow never points up.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <string>
#include <vector>

namespace lnsim {
namespace {

namespace fs = std::filesystem;

struct Rule {
  std::string folder;
  std::vector<std::string> allowed;  // prefixes of quoted includes
  std::vector<std::string> forbidden_system;
};

std::vector<Rule> rules() {
  std::vector<Rule> rules{
      {"models/arith",
       {"models/arith/"},
       {"systemc", "iostream", "fstream", "cstdio", "yaml-cpp", "nlohmann", "fmt"}},
      {"sim/base", {"sim/base/"}, {}},
      {"models", {"models/", "sim/base/"}, {"yaml-cpp", "nlohmann", "iostream", "fstream"}},
      {"sim/run", {"sim/run/", "sim/base/", "models/"}, {"iostream"}},
      {"tools/import", {"tools/import/", "sim/run/", "sim/base/"}, {"iostream"}},
      {"tools/export", {"tools/export/", "sim/run/", "sim/base/", "models/"}, {"iostream"}},
      {"tools/lnsim", {"tools/", "sim/", "models/"}, {}},
  };
  // Running knows nothing of what is told of it.
  const std::vector<std::string> running{"sim/run/trace/",   "sim/run/config/", "sim/run/energy/",
                                         "sim/run/compile/", "sim/run/replay/", "sim/run/workload/"};
  std::vector<std::string> allowed = running;
  allowed.insert(allowed.end(), {"sim/base/", "models/"});
  for (const std::string& folder : running) rules.push_back({folder, allowed, {}});
  return rules;
}

bool starts_with_any(const std::string& text, const std::vector<std::string>& prefixes) {
  for (const std::string& prefix : prefixes) {
    if (text.rfind(prefix, 0) == 0) return true;
  }
  return false;
}

// Highway compiles a file once per instruction set by including itself; no other quoted include is a plain
// name.
bool is_highway(const std::string& include) {
  return include.rfind("hwy/", 0) == 0;
}

TEST(Includes, never_point_up) {
  static const std::regex kInclude(R"rx(^\s*#\s*include\s*([<"])([^>"]+)[>"])rx");
  std::size_t files = 0;
  for (const Rule& rule : rules()) {
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(LNSIM_SOURCE_DIR) / rule.folder)) {
      const fs::path extension = entry.path().extension();
      if (extension != ".h" && extension != ".cpp") continue;
      ++files;
      std::ifstream file(entry.path());
      std::string line;
      for (int number = 1; std::getline(file, line); ++number) {
        std::smatch match;
        if (!std::regex_search(line, match, kInclude)) continue;
        const std::string include = match[2];
        const std::string where =
            entry.path().string() + ":" + std::to_string(number) + " includes " + include;
        if (match[1] == "<") {
          EXPECT_FALSE(starts_with_any(include, rule.forbidden_system)) << where;
        } else if (!is_highway(include)) {
          EXPECT_TRUE(starts_with_any(include, rule.allowed)) << where;
        }
      }
    }
  }
  EXPECT_GT(files, 40U);
}

}  // namespace
}  // namespace lnsim
