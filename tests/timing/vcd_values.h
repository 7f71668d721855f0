// Reads a value change dump back: what each signal holds in each cycle.
#pragma once

#include <cstdint>
#include <map>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace lnsim::test {

struct VcdValues {
  std::vector<std::uint64_t> cycles;                          // in the order of the file
  std::map<std::string, std::vector<std::uint64_t>> signals;  // by path, one value per cycle

  // Takes a cycle's values when its clock falls.
  explicit VcdValues(const std::string& text) {
    std::istringstream lines(text);
    std::map<std::string, std::string> paths;
    std::map<std::string, std::uint64_t> now;
    std::vector<std::string> scopes;
    for (std::string line; std::getline(lines, line);) {
      std::istringstream words(line);
      std::string first;
      words >> first;
      if (first == "$scope") {
        std::string module;
        words >> module >> module;
        scopes.push_back(module);
      } else if (first == "$upscope") {
        scopes.pop_back();
      } else if (first == "$var") {
        std::string type, id, name;
        unsigned bits = 0;
        words >> type >> bits >> id >> name;
        std::string path;
        for (const std::string& scope : scopes) path += scope + ".";
        paths[id] = path + name;
      } else if (first[0] == '#') {
        time_ = std::stoull(first.substr(1));
      } else if (first[0] == 'b') {
        std::string id;
        words >> id;
        now[id] = std::stoull(first.substr(1), nullptr, 2);
      } else if (first[0] == '0' || first[0] == '1') {
        now[first.substr(1)] = first[0] == '1' ? 1 : 0;
        if (paths.at(first.substr(1)) == "lnsim.clk" && first[0] == '0') take(paths, now);
      }
    }
  }

 private:
  void take(const std::map<std::string, std::string>& paths,
            const std::map<std::string, std::uint64_t>& now) {
    cycles.push_back(time_ / 1000);
    for (const auto& [id, value] : now) signals[paths.at(id)].push_back(value);
  }

  std::uint64_t time_ = 0;
};

}  // namespace lnsim::test
