// Fuzzing an importer.
#pragma once

#include "tests/fuzz/fuzzed_input.h"
#include "tools/import/import.h"

namespace lnsim {

// Imports a file with these bytes; one that leaves a dimension `batch` open gets its size. A file that would
// unpack to more than 16 MiB is refused.
inline void fuzz_import(const char* format_name, std::string_view bytes) {
  const ImportFormat& format = import_format(format_name, {});
  ImportOptions options{.largest_bytes = std::size_t{1} << 24};
  if (format.has_dimensions && bytes.find("batch") != std::string_view::npos) options.dimensions["batch"] = 2;
  expect_an_answer(bytes, [&](const std::filesystem::path& path) {
    expect_it_can_be_written(import_trace(format, path, options).trace);
  });
}

}  // namespace lnsim
