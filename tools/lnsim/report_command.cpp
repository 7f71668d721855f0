#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <ostream>

#include "sim/run/report/output_file.h"
#include "sim/run/report/page.h"
#include "sim/run/report/report_document.h"
#include "tools/lnsim/cli.h"

namespace lnsim {
namespace {

struct ReportOptions {
  std::string document;
  std::string out;
};

constexpr const char* kFooter =
    R"(The page is one HTML file that needs no network and no other file.

Examples
  lnsim run configs/accelerators/lns-madam.yaml traces/digits-cnn.jsonl --numeric --out out/digits
  lnsim report out/digits --out digits.html)";

void report(const ReportOptions& options, Console& console) {
  const nlohmann::ordered_json document = read_report_document(options.document);
  write_file(options.out, report_page(document));
  console.out << fmt::format("Written: {}\n", options.out);
}

}  // namespace

void add_report_command(CLI::App& app, Console& console) {
  const auto options = std::make_shared<ReportOptions>();
  CLI::App* command =
      app.add_subcommand("report", "Show a run, a comparison or a sweep: one HTML page with its charts");
  command->footer(kFooter);
  command
      ->add_option("document", options->document,
                   "Folder of lnsim run --out or lnsim compare --out, or a JSON file of theirs")
      ->required();
  command->add_option("--out", options->out, "File for the page (HTML)")->required();
  command->callback([options, &console] { report(*options, console); });
}

}  // namespace lnsim
