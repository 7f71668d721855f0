// A run config: the machine, how work is mapped onto it, and the energy table. One YAML file.
#pragma once

#include <filesystem>
#include <string>

#include "models/parameters.h"
#include "sim/base/yaml_document.h"
#include "sim/run/compile/mapping.h"

namespace lnsim {

struct RunConfig {
  AcceleratorParameters machine;  // its sections stand at the top level of the file
  MappingParameters mapping;
  std::string energy_table;  // path relative to the config file

  template <class Visitor>
  void describe(Visitor& v) {
    machine.describe(v);
    v.section("mapping", mapping, "Mapper.");
    v.text("energy_table", energy_table, "Energy table, a path relative to this file.");
  }
};

// Throws UserError with every mistake in the file: unknown keys, wrong types, values out of range, formats
// that the datapath cannot take.
RunConfig read_run_config(const std::filesystem::path& path);

// Of a document; paths in it are relative to the file `path`, which need not be what is in the document.
RunConfig read_run_config(const YamlDocument& document, const std::filesystem::path& path);

// The values of a document, whether or not they go together. Throws UserError for values that are wrong in
// themselves.
RunConfig run_config_values(const YamlDocument& document);

}  // namespace lnsim
