// Runs the command line inside a test.
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "tools/lnsim/cli.h"

namespace lnsim {

struct Outcome {
  int exit_code = 0;
  std::string out;
  std::string err;
};

inline Outcome lnsim_with(const std::vector<std::string>& arguments) {
  std::ostringstream out;
  std::ostringstream err;
  Console console{out, err, false};
  const int exit_code = run_cli(arguments, console);
  return {exit_code, out.str(), err.str()};
}

inline std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace lnsim
