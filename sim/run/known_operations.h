// Operations of a trace that were simulated before, by their OperationKeys: machines that differ only in what
// an operation does not use share its run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "models/accelerator.h"
#include "models/control/activity_log.h"
#include "sim/base/hash.h"
#include "sim/base/once_cache.h"
#include "sim/run/compile/compile.h"

namespace lnsim {

struct KnownOperation {
  RunResult run;
  std::vector<MappingChoice> mapping;
  std::uint32_t pes = 0;                   // that its program may use
  std::shared_ptr<const ActivityLog> log;  // if asked for
};

// Some 100 MB of them (our choice).
inline constexpr std::size_t kMostKnownOperations = std::size_t{1} << 17U;

// Of one trace. Several threads may use it.
class KnownOperations : public OnceCache<Fingerprint, std::shared_ptr<const KnownOperation>> {
 public:
  KnownOperations() : OnceCache(kMostKnownOperations) {}
};

}  // namespace lnsim
