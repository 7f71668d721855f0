#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <ostream>
#include <string_view>

#include "sim/base/errors.h"
#include "sim/base/output_file.h"
#include "sim/run/report/page.h"
#include "sim/run/report/report_document.h"
#include "sim/run/report/report_figures.h"
#include "sim/run/sweep/outcome.h"
#include "sim/run/sweep/sweep_report.h"
#include "tools/characterise/run_program.h"
#include "tools/lnsim/cli.h"

namespace lnsim {
namespace {

namespace fs = std::filesystem;

struct ReportOptions {
  std::string document;
  std::string out;
  std::string figures;
};

constexpr const char* kReportFooter =
    R"(The page needs no network and no other file. Figures are SVG files and the same as PNG.

Examples
  lnsim run configs/accelerators/lns-madam.yaml traces/digits-cnn.jsonl --out out/digits
  lnsim report out/digits --out digits.html
  lnsim compare configs/accelerators/lns-madam.yaml traces/digits-cnn.jsonl --out out/compare
  lnsim report out/compare --out compare.html --figures out/figures
  lnsim sweep configs/sweeps/table-size.yaml
  lnsim report table-size.db --out table-size.html)";

constexpr const char* kZoom = "2";  // pixels of the PNG per pixel of the SVG

// As write_file, the PNG stands under its name when it is whole.
void write_png(const fs::path& svg, const fs::path& png) {
  const fs::path part = fs::absolute(png).string() + ".part";
  const fs::path log = fs::absolute(png).string() + ".log";
  const int code = characterise::run_program({"rsvg-convert", "--zoom", kZoom, "--background-color", "white",
                                              "--output", part.string(), fs::absolute(svg).string()},
                                             svg.parent_path().empty() ? "." : svg.parent_path(), log);
  std::string says;
  std::getline(std::ifstream(log), says);
  std::error_code error;
  fs::remove(log, error);
  if (code == 127)
    throw UserError(Diagnostic{{}, "--figures", "no program rsvg-convert", "that of librsvg2-bin"});
  if (code == 0) fs::rename(part, png, error);
  if (code == 0 && !error) return;
  if (error) says = error.message();
  fs::remove(part, error);
  throw UserError(
      Diagnostic{{png.generic_string()}, "", says, "a place where rsvg-convert can write a picture"});
}

std::vector<std::string> write_figures(const ReportDocument& document, const fs::path& folder) {
  std::vector<std::string> written;
  for (const ReportFigure& figure : report_figures(document.json, document.file)) {
    const fs::path svg = folder / (figure.name + ".svg");
    const fs::path png = folder / (figure.name + ".png");
    write_file(svg, figure.svg);
    write_png(svg, png);
    for (const fs::path& path : {svg, png}) written.push_back(path.generic_string());
  }
  return written;
}

// A database of sweeps starts as SQLite says.
bool is_database(const fs::path& path) {
  constexpr std::string_view kStart("SQLite format 3");
  std::string start(kStart.size(), ' ');
  std::ifstream(path).read(start.data(), static_cast<std::streamsize>(start.size()));
  return start == kStart;
}

ReportDocument document_of(const fs::path& path) {
  if (!is_database(path)) return read_report_document(path);
  ResultStore store(path, sqlite::Access::read_only);
  ReportDocument document{path.generic_string(), sweep_json(outcome_of(store, store.shown()))};
  check_report_document(document.json, document.file);
  return document;
}

void report(const ReportOptions& options, Console& console) {
  if (options.out.empty() && options.figures.empty())
    throw UserError(Diagnostic{{}, "", "neither --out nor --figures", "at least one of them"});
  const ReportDocument document = document_of(options.document);
  std::vector<std::string> written;
  if (!options.figures.empty()) {
    make_folder(options.figures);
    written = write_figures(document, options.figures);
  }
  if (!options.out.empty()) {
    write_file(options.out, report_page(document.json));
    written.push_back(options.out);
  }
  console.out << fmt::format("Written: {}\n", fmt::join(written, ", "));
}

}  // namespace

void add_report_command(CLI::App& app, Console& console) {
  const auto options = std::make_shared<ReportOptions>();
  CLI::App* command =
      app.add_subcommand("report", "Show a run, a comparison or a sweep: an HTML page with charts, figures");
  command->footer(kReportFooter);
  command
      ->add_option(
          "document", options->document,
          "Folder of lnsim run --out or lnsim compare --out, its JSON file, or the database of lnsim sweep")
      ->required();
  command->add_option("--out", options->out, "File for the page (HTML)");
  command->add_option("--figures", options->figures, "Folder for the figures (SVG and PNG)");
  command->callback([options, &console] { report(*options, console); });
}

}  // namespace lnsim
