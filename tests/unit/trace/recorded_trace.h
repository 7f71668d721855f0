// Writes small traces with tensors for tests, right or wrong.
#pragma once

#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "sim/run/trace/trace.h"
#include "tests/unit/run/npy_bytes.h"

namespace lnsim {

class RecordedTrace {
 public:
  explicit RecordedTrace(const std::string& name = "t")
      : folder_(std::filesystem::temp_directory_path() /
                ("lnsim_" + name + "_" + std::to_string(::getpid()))) {
    std::filesystem::create_directories(folder_);
  }
  ~RecordedTrace() { std::filesystem::remove_all(folder_); }
  RecordedTrace(const RecordedTrace&) = delete;
  RecordedTrace& operator=(const RecordedTrace&) = delete;

  nlohmann::json header{{"format", "lns-layertrace/1"}};

  // An operator line, with its number.
  void operation(nlohmann::json line) {
    line["i"] = operations_.size();
    operations_.push_back(std::move(line));
  }

  // A tensor of doubles, as a .npy file beside the manifest.
  void tensor(const std::string& key, const std::vector<std::int64_t>& shape,
              const std::vector<double>& values) {
    overwrite(key, shape, values);
    tensors_.push_back({{"tensor", key}, {"shape", shape}, {"dtype", "float64"}, {"file", file_of(key)}});
  }

  // Changes the file, not the manifest.
  void overwrite(const std::string& key, const std::vector<std::int64_t>& shape,
                 const std::vector<double>& values) const {
    std::string extents;
    for (const std::int64_t extent : shape) extents += std::to_string(extent) + ", ";
    std::ofstream(folder_ / file_of(key), std::ios::binary)
        << npy_bytes(npy_header_text("<f8", "(" + extents + ")"), raw_bytes(values));
  }

  std::filesystem::path folder() const { return folder_; }

  std::filesystem::path write() const {
    const std::filesystem::path path = folder_ / "trace.jsonl";
    std::ofstream file(path);
    file << header.dump() << '\n';
    for (const auto& lines : {operations_, tensors_}) {
      for (const nlohmann::json& line : lines) file << line.dump() << '\n';
    }
    return path;
  }

  Trace read() const { return read_trace(write()); }

 private:
  static std::string file_of(const std::string& key) {
    std::string file = key + ".npy";
    for (char& c : file) c = c == '/' ? '.' : c;
    return file;
  }

  std::filesystem::path folder_;
  std::vector<nlohmann::json> operations_;
  std::vector<nlohmann::json> tensors_;
};

}  // namespace lnsim
