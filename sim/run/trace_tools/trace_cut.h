// A part of a trace as a trace of its own.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/run/trace/trace.h"

namespace lnsim {

// An operation is kept when it fits all of these; what is empty fits everything.
struct CutOptions {
  std::vector<std::string> layers;  // names, or patterns as of a shell: block1.*
  std::vector<Pass> passes;
  // The first and the last, counted from 0 in the order of the trace.
  std::optional<std::pair<std::uint64_t, std::uint64_t>> operations;
};

struct CutResult {
  std::uint64_t operations = 0;
  std::uint64_t tensors = 0;
  std::vector<std::filesystem::path> written;
  // Weights whose storage format stands in the line of their update, which is cut away: a product rounds them
  // as if they were not stored.
  std::vector<std::string> weights_without_storage;
};

// Writes the operations that are kept, the tensors that they name, and the header. Lines stay as they are,
// with keys that the simulator does not read, but for dependencies on lines that are gone; the tensors,
// packed as before, stand in NAME.npz beside NAME.jsonl. Throws UserError when nothing is left, for a layer
// that does not occur, and when the files of the trace itself would be overwritten.
CutResult cut_trace(const Trace& trace, const CutOptions& options, const std::filesystem::path& out);

}  // namespace lnsim
