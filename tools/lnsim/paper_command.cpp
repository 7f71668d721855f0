#include <fmt/format.h>

#include <memory>
#include <ostream>

#include "sim/base/output_file.h"
#include "sim/run/paper/paper_report.h"
#include "tools/lnsim/cli.h"

namespace lnsim {
namespace {

struct PaperOptions {
  std::string presets = "configs/paper";
  std::string characterised;
  std::string out;
  unsigned jobs = 0;
  bool json = false;
};

constexpr const char* kPaperFooter =
    R"(PRESETS holds published.yaml (what is published, with sources), carbon.yaml (inputs of the carbon of a training),
pe-level.yaml and operators-45nm.yaml (run configs). Gate-level figures are those of --characterised, or of
PRESETS/../energy/characterised.yaml where that exists; without, the report says "not characterised".

Examples
  lnsim paper
  lnsim paper --out out/paper
  lnsim paper --json | jq .constants

With --out DIR, DIR/paper.json holds everything, DIR/paper.csv a row per figure, and DIR/gpt.svg the energies of the GPT
series.)";

PaperFiles files_of(const PaperOptions& options) {
  const std::filesystem::path folder(options.presets);
  PaperFiles files(folder);
  files.characterisation = options.characterised;
  const std::filesystem::path usual = folder / "../energy/characterised.yaml";
  std::error_code error;
  if (files.characterisation.empty() && std::filesystem::exists(usual, error)) files.characterisation = usual;
  return files;
}

void paper(const PaperOptions& options, Console& console) {
  const PaperFiles files = files_of(options);
  if (!options.out.empty()) make_folder(options.out);
  const PaperResult result = compute_paper(files, options.jobs, progress_on(console));
  const std::string json = paper_json(result, files).dump(2) + "\n";
  console.out << (options.json ? json : paper_text(result));
  if (options.out.empty()) return;
  const std::filesystem::path folder(options.out);
  write_file(folder / "paper.json", json);
  write_file(folder / "paper.csv", paper_csv(result));
  write_file(folder / "gpt.svg", gpt_svg(result));
  if (!options.json)
    console.out << fmt::format("\nWritten: {0}/paper.json, {0}/paper.csv, {0}/gpt.svg\n", options.out);
}

}  // namespace

void add_paper_command(CLI::App& app, Console& console) {
  const auto options = std::make_shared<PaperOptions>();
  CLI::App* command =
      app.add_subcommand("paper", "Recompute what is published about LNS-Madam: published, ours, deviation");
  command->footer(kPaperFooter);
  command->add_option("--presets", options->presets, "Folder of published figures and run configs")
      ->capture_default_str();
  command->add_option("--characterised", options->characterised, "Gate-level energies by block (YAML)");
  command->add_option("--out", options->out, "Folder for paper.json, paper.csv and gpt.svg");
  command
      ->add_option("--jobs", options->jobs,
                   "Threads; the result does not depend on them. Default: one per core")
      ->check(CLI::PositiveNumber);
  command->add_flag("--json", options->json, "Print the comparison as one JSON object");
  command->callback([options, &console] { paper(*options, console); });
}

}  // namespace lnsim
