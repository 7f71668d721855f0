#include "sim/run/config/effective_config.h"

#include "sim/base/effective_config.h"

namespace lnsim {

nlohmann::ordered_json effective_config(const RunConfig& config) {
  RunConfig copy = config;  // describe() hands out references, for the reader's sake
  return EffectiveConfigWriter::written(copy);
}

}  // namespace lnsim
