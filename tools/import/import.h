// Importers of other tools' files: each makes one training iteration of a file a native trace without
// operands.
//
// A format is a line of the table in import.cpp. Every importer maps an operator, knows that it moves data
// only, or names it in `unmapped`; what it had to assume stands in `notes`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/run/trace/trace.h"
#include "sim/run/trace/trace_totals.h"

namespace lnsim {

struct ImportOptions {
  std::size_t step = 0;  // which training step of the file, from 0
  // Sizes of the dimensions that the file leaves open, by name.
  std::map<std::string, std::int64_t> dimensions = {};
  // A file that unpacks to more is refused (our choice: it is read for minutes).
  std::size_t largest_bytes = std::size_t{64} << 30;
};

struct ImportResult {
  Trace trace;
  TraceTotals totals;
  std::size_t steps = 1;  // training steps in the file
  std::map<std::string, std::uint64_t>
      unmapped;                         // compute operators that the trace leaves out, and how often they ran
  std::vector<std::string> notes = {};  // what the importer assumed or derived, a sentence each
};

struct ImportFormat {
  std::string_view name;
  std::string_view what;
  bool has_steps;       // a file may hold several training steps
  bool has_dimensions;  // a file may leave dimensions open
  // Whether a file looks like this format: the beginning of its bytes, unpacked, and its name without a
  // trailing `.gz`.
  bool (*looks_like)(std::string_view beginning, std::string_view file_name);
  ImportResult (*import)(const std::filesystem::path& path, const ImportOptions& options);
};

// In the order in which they are tried on a file of no named format.
std::span<const ImportFormat> import_formats();

// The format of that name; of an empty name, the first that the file looks like. Throws UserError when there
// is none, saying which there are, and when the file cannot be read.
const ImportFormat& import_format(const std::string& name, const std::filesystem::path& path);

// Throws UserError for a file that cannot be read or is not of the format, naming the place in it, and for
// options that the format does not have.
ImportResult import_trace(const ImportFormat& format, const std::filesystem::path& path,
                          const ImportOptions& options = {});

// The header of an imported trace: the model's name is the file's, without what says how it is written.
TraceHeader import_header(const std::filesystem::path& path, std::string source);

}  // namespace lnsim
