// Bad inputs under tests/data, each with its exact message in a .txt beside it.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "sim/base/errors.h"

namespace lnsim {

inline std::string content(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// The inputs of a folder of tests/data, in order of their names.
inline std::vector<std::filesystem::path> bad_files(const std::string& folder, const std::string& extension) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::filesystem::path(LNSIM_SOURCE_DIR) / "tests/data" / folder)) {
    if (entry.path().extension() == extension) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

// What `read(path)` says, without the folder that the paths in it begin with.
template <class Read>
std::string message_when(const Read& read, const std::filesystem::path& path) {
  try {
    read(path);
  } catch (const UserError& error) {
    std::string text = error.what();
    const std::string folder = path.parent_path().string() + "/";
    for (std::size_t at = text.find(folder); at != std::string::npos; at = text.find(folder))
      text.erase(at, folder.size());
    return text + "\n";
  }
  return "no error\n";
}

}  // namespace lnsim
