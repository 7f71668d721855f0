// Whether a trace is what it says: every tensor is there and sound, and recorded results are what their
// operands give.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "sim/base/errors.h"
#include "sim/run/progress.h"
#include "sim/run/trace/trace.h"

namespace lnsim {

struct CheckOptions {
  // Largest error of a product's result, relative to its largest value. Results stored in single precision
  // are 1e-7 to 3e-6 off (our measurements of recorded networks); the default is our choice.
  double tolerance = 1e-5;
};

struct TraceCheck {
  std::uint64_t tensors = 0;   // read to their end
  std::uint64_t digests = 0;   // of manifest and tensors, compared with the header's
  std::uint64_t products = 0;  // recomputed
  std::uint64_t products_without_operands = 0;
  double worst_error = 0;                                       // of a recomputed product
  std::string worst;                                            // its layer and pass
  std::uint64_t updates = 0;                                    // recomputed
  std::map<std::string, std::uint64_t> updates_not_recomputed;  // by rule; empty: no rule or no tensors
  std::vector<Diagnostic> problems;                             // in the order of the manifest
};

// Of a manifest that read_trace has found sound. Holds the operands and the result of one product at a time.
TraceCheck check_trace(const Trace& trace, const CheckOptions& options, const Progress& progress);

std::string check_text(const TraceCheck& check, const CheckOptions& options);  // without the problems
nlohmann::ordered_json check_json(const Trace& trace, const TraceCheck& check, const CheckOptions& options);

}  // namespace lnsim
