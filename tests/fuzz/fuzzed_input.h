// What the fuzz targets share: an input as a file that exists in memory only, and what may come of reading
// it.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>

#include "sim/base/errors.h"
#include "sim/run/trace/trace.h"
#include "sim/run/trace/trace_totals.h"

namespace lnsim {

// Ends the process, which is how libFuzzer learns of a finding.
[[noreturn]] inline void found(const char* what) {
  std::fprintf(stderr, "finding: %s\n", what);
  std::abort();
}

// A regular file with the input's bytes, for as long as this lives.
class FuzzedFile {
 public:
  explicit FuzzedFile(std::string_view bytes) : descriptor_(::memfd_create("input", 0)) {
    if (descriptor_ < 0 ||
        ::write(descriptor_, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size()))
      found("no file in memory");
  }
  ~FuzzedFile() { ::close(descriptor_); }
  FuzzedFile(const FuzzedFile&) = delete;
  FuzzedFile& operator=(const FuzzedFile&) = delete;

  std::filesystem::path path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

 private:
  int descriptor_;
};

// Calls `read(path)`, which may refuse the input with a UserError that says something. libFuzzer ends the
// process when anything else leaves it.
template <class Read>
void expect_an_answer(std::string_view input, const Read& read) {
  const FuzzedFile file(input);
  try {
    read(file.path());
  } catch (const UserError& error) {
    if (error.diagnostics().empty()) found("a refusal that says nothing");
  }
}

// A trace that a reader let through can be written, and is read again as the same work.
inline void expect_it_can_be_written(const Trace& trace) {
  const std::filesystem::path path =
      std::filesystem::temp_directory_path() / ("lnsim_fuzz_" + std::to_string(::getpid()) + ".jsonl");
  try {
    write_trace(trace, path);
    const TraceTotals again = trace_totals(read_trace(path));
    if (again.macs != trace_totals(trace).macs) found("other work after writing and reading");
  } catch (const UserError& error) {
    found(error.what());
  }
  std::filesystem::remove(path);
}

inline std::string_view bytes_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

}  // namespace lnsim
