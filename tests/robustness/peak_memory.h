// How much memory something takes at its peak.
#pragma once

#include <cstddef>
#include <fstream>
#include <optional>
#include <string>

namespace lnsim {

// Of this process, resident, in bytes: now, and at its peak since it was last reset.
struct ResidentMemory {
  std::size_t now = 0;
  std::size_t peak = 0;
};

inline ResidentMemory resident_memory() {
  ResidentMemory memory;
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) memory.peak = std::stoul(line.substr(6)) << 10U;
    if (line.starts_with("VmRSS:")) memory.now = std::stoul(line.substr(6)) << 10U;
  }
  return memory;
}

// By how many bytes the memory grows while `run` runs; nothing where Linux does not let a process reset its
// peak.
template <class Run>
std::optional<std::size_t> peak_growth(const Run& run) {
  const bool reset = static_cast<bool>(std::ofstream("/proc/self/clear_refs") << 5 << std::flush);
  if (!reset) return std::nullopt;
  const std::size_t before = resident_memory().now;
  run();
  const std::size_t peak = resident_memory().peak;
  return peak > before ? peak - before : 0;
}

}  // namespace lnsim
