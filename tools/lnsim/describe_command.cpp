#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>

#include "tools/lnsim/cli.h"
#include "tools/lnsim/describe.h"

namespace lnsim {
namespace {

struct DescribeOptions {
  std::string section;
  bool json = false;
  bool schema = false;
};

constexpr const char* kDescribeFooter = R"(Examples
  lnsim describe                 every parameter of a run config
  lnsim describe pe.buffer_a     one section
  lnsim describe --schema        JSON Schema, for editors that check YAML while you type)";

}  // namespace

void add_describe_command(CLI::App& app, Console& console) {
  const auto options = std::make_shared<DescribeOptions>();
  CLI::App* command =
      app.add_subcommand("describe", "Manual and JSON Schema of run configs, from the code itself");
  command->footer(kDescribeFooter);
  command->add_option("section", options->section,
                      "Section, for example pe or formats.weight; all when left out");
  command->add_flag("--schema", options->schema, "Print the JSON Schema");
  command->add_flag("--json", options->json, "Print the manual as one JSON object");
  command->callback([options, &console] {
    if (options->schema) {
      console.out << schema().dump(2) << '\n';
    } else if (options->json) {
      console.out << manual_as_json(options->section).dump(2) << '\n';
    } else {
      console.out << manual(options->section);
    }
  });
}

}  // namespace lnsim
