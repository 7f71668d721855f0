// The command line. One file per subcommand; each adds itself to the application and does its work in its
// callback.
#pragma once

#include <CLI/CLI.hpp>
#include <iosfwd>
#include <string>
#include <vector>

#include "sim/run/iteration.h"

namespace lnsim {

// Where a command prints. Progress is shown only when `err` is a terminal.
struct Console {
  std::ostream& out;
  std::ostream& err;
  bool err_is_terminal = false;
};

// Runs one command. Returns the exit code: 0 done, 1 the input or the command line is wrong, 2 the simulator
// broke a promise of its own.
int run_cli(const std::vector<std::string>& arguments, Console& console);

// Shows steps done on a line of its own.
Progress progress_on(Console& console);

void add_run_command(CLI::App& app, Console& console);
void add_compare_command(CLI::App& app, Console& console);
void add_report_command(CLI::App& app, Console& console);
void add_paper_command(CLI::App& app, Console& console);
void add_sweep_command(CLI::App& app, Console& console);
void add_import_command(CLI::App& app, Console& console);
void add_export_command(CLI::App& app, Console& console);
void add_workload_command(CLI::App& app, Console& console);
void add_trace_command(CLI::App& app, Console& console);
void add_describe_command(CLI::App& app, Console& console);
void add_number_command(CLI::App& app, Console& console);
void add_characterise_command(CLI::App& app, Console& console);

}  // namespace lnsim
