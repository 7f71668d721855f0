#include "tools/lnsim/describe.h"

#include "sim/base/json_schema.h"
#include "sim/base/manual.h"
#include "sim/run/config/run_config.h"

namespace lnsim {
namespace {

std::vector<ParameterEntry> run_config_parameters() {
  RunConfig defaults;
  return ParameterLister::listed(defaults);
}

}  // namespace

std::string manual(const std::string& section) {
  return manual_text(run_config_parameters(), section);
}

nlohmann::ordered_json manual_as_json(const std::string& section) {
  return manual_json(run_config_parameters(), section);
}

nlohmann::ordered_json schema() {
  return json_schema(run_config_parameters(), "lnsim run config");
}

}  // namespace lnsim
