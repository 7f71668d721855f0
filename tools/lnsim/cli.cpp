#include "tools/lnsim/cli.h"

#include <fmt/format.h>

#include <exception>
#include <filesystem>
#include <ostream>

#include "sim/base/errors.h"
#include "sim/run/report/provenance.h"

namespace lnsim {
namespace {

constexpr int kUserError = 1;
constexpr int kModelError = 2;

constexpr const char* kCliFooter = R"(Examples
  lnsim run configs/accelerators/lns-madam.yaml traces/resnet50-b2.jsonl --out out/resnet50
  lnsim compare configs/accelerators/lns-madam.yaml traces/resnet50-b2.jsonl --datapaths lns,fp8_e4m3,fp32
  lnsim report out/resnet50 --out resnet50.html
  lnsim import pytorch step.json.gz --out step.jsonl
  lnsim export scale-sim traces/resnet50-b2.jsonl --out resnet50
  lnsim workload bert-base --batch 2 --out bert-base.jsonl
  lnsim trace stats traces/digits-cnn.jsonl
  lnsim number lns8g8 0.37
  lnsim describe pe

Exit codes: 0 done, 1 the input is wrong, 2 the simulator broke a promise of its own.)";

}  // namespace

Progress progress_on(Console& console) {
  if (!console.err_is_terminal) return [](std::size_t, std::size_t, const std::string&) {};
  return [&console](std::size_t done, std::size_t total, const std::string& layer) {
    console.err << fmt::format("\r\033[K{:>5} of {} steps  {}", done, total, layer);
    if (done == total) console.err << "\r\033[K";
    console.err.flush();
  };
}

int run_cli(const std::vector<std::string>& arguments, Console& console) {
  CLI::App app{
      "Cycle-accurate, bit-accurate simulator of an accelerator that trains neural networks in a logarithmic "
      "number system.",
      "lnsim"};
  app.footer(kCliFooter);
  app.set_version_flag("--version", "lnsim " + version() + " (" + commit() + ")");
  app.require_subcommand(1);
  add_run_command(app, console);
  add_compare_command(app, console);
  add_report_command(app, console);
  add_paper_command(app, console);
  add_sweep_command(app, console);
  add_import_command(app, console);
  add_export_command(app, console);
  add_workload_command(app, console);
  add_trace_command(app, console);
  add_describe_command(app, console);
  add_number_command(app, console);
  add_characterise_command(app, console);

  try {
    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
    app.parse(reversed);
  } catch (const CLI::ParseError& error) {
    return app.exit(error, console.out, console.err) == 0 ? 0 : kUserError;
  } catch (const UserError& error) {
    console.err << error.what() << '\n';
    return kUserError;
  } catch (const ModelError& error) {
    console.err << "lnsim: the model broke a promise: " << error.what() << '\n';
    return kModelError;
  } catch (const std::exception& error) {
    console.err << "lnsim: unexpected failure: " << error.what() << '\n';
    return kModelError;
  }
  return 0;
}

}  // namespace lnsim
