#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <ostream>

#include "sim/base/errors.h"
#include "sim/base/output_file.h"
#include "tools/characterise/characterise.h"
#include "tools/characterise/report_file.h"
#include "tools/characterise/report_table.h"
#include "tools/lnsim/cli.h"

namespace lnsim {
namespace {

namespace fs = std::filesystem;

struct CharacteriseCommandOptions {
  std::string specification;
  std::vector<std::string> liberty;
  std::string out, extends, keep, node;
  bool json = false;
  std::string rtl = LNSIM_RTL_FOLDER;
  std::vector<std::string> designs, streams;
  unsigned jobs = 0;
};

constexpr const char* kCharacteriseFooter =
    R"(Each design is mapped onto the library by Yosys and ABC and simulated gate by gate on each stream, with and without
glitches, until the standard error of its mean energy is below the specification's.

Examples
  lnsim characterise configs/characterise/datapaths.yaml --liberty nangate45_typ.lib.gz --out nangate45.yaml
  lnsim characterise configs/characterise/datapaths.yaml --liberty nangate45_typ.lib.gz --node "45 nm" \
    --extends system-45nm.yaml --out configs/energy/mine.yaml
  lnsim characterise my.yaml --liberty *.lib.gz --designs lns-8,int8 --streams uniform --keep work --out out.yaml)";

// A folder that goes with the object, unless it is to be kept.
class WorkFolder {
 public:
  explicit WorkFolder(const std::string& keep) : kept_(!keep.empty()), path_(keep) {
    if (!kept_) {
      std::string pattern = (fs::temp_directory_path() / "lnsim-characterise-XXXXXX").string();
      if (::mkdtemp(pattern.data()) == nullptr) {
        throw UserError(Diagnostic{{}, "", pattern, "a folder for temporary files that takes one"});
      }
      path_ = pattern;
    } else {
      std::error_code error;
      fs::create_directories(path_, error);
      if (error) throw UserError(Diagnostic{{}, "--keep", keep, "a folder that can be made"});
      path_ = fs::absolute(path_);
    }
  }
  ~WorkFolder() {
    std::error_code ignored;
    if (!kept_) fs::remove_all(path_, ignored);
  }
  WorkFolder(const WorkFolder&) = delete;
  WorkFolder& operator=(const WorkFolder&) = delete;
  const fs::path& path() const { return path_; }

 private:
  bool kept_;
  fs::path path_;
};

void run(const CharacteriseCommandOptions& options, Console& console) {
  const characterise::Specification specification = characterise::read_specification(options.specification);
  if (!options.out.empty()) check_can_write(options.out);
  const WorkFolder folder(options.keep);
  characterise::CharacteriseOptions what;
  what.liberty.assign(options.liberty.begin(), options.liberty.end());
  what.folder = folder.path();
  what.node = options.node;
  what.tools.rtl = options.rtl;
  what.jobs = options.jobs;
  what.designs = options.designs;
  what.streams = options.streams;
  const characterise::Characterisation result =
      characterise::characterise(specification, what, [&](const std::string& text) {
        if (console.err_is_terminal) console.err << text << '\n';
      });
  const nlohmann::ordered_json file = characterise::characterisation_json(result, options.extends);
  if (!options.out.empty()) write_file(options.out, characterise::yaml_text(file));
  console.out << (options.json ? file.dump(2) + "\n" : characterise::characterisation_text(result));
}

}  // namespace

void add_characterise_command(CLI::App& app, Console& console) {
  const auto options = std::make_shared<CharacteriseCommandOptions>();
  CLI::App* command = app.add_subcommand(
      "characterise",
      "Energy, area and timing of datapaths at gate level, with a cell library that you give");
  command->footer(kCharacteriseFooter);
  command->add_option("specification", options->specification, "Designs and streams (YAML)")->required();
  command->add_option("--liberty", options->liberty, "Liberty files of one cell library, plain or gzip")
      ->required();
  command->add_option("--out", options->out, "Write the characterisation, an energy table (YAML)");
  command->add_option("--extends", options->extends,
                      "Energy table, relative to the one written, of which it takes what it does not have");
  command->add_flag("--json", options->json, "Print the same as one JSON object instead of tables");
  command->add_option("--node", options->node, "Technology node, for the conditions: Liberty does not say");
  command->add_option("--designs", options->designs, "Only these designs")->delimiter(',');
  command->add_option("--streams", options->streams, "Only these streams")->delimiter(',');
  command->add_option("--keep", options->keep, "Keep netlists, scripts and logs in this folder");
  command->add_option("--rtl", options->rtl, "Folder of the SystemVerilog modules")->capture_default_str();
  command->add_option("--jobs", options->jobs, "Designs at once (0: one per core)")->capture_default_str();
  command->callback([options, &console] { run(*options, console); });
}

}  // namespace lnsim
