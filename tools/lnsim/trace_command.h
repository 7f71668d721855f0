// The subcommands of `lnsim trace`, a file each.
#pragma once

#include "tools/lnsim/cli.h"

namespace lnsim {

void add_trace_info(CLI::App& app, Console& console);
void add_trace_stats(CLI::App& app, Console& console);
void add_trace_check(CLI::App& app, Console& console);
void add_trace_diff(CLI::App& app, Console& console);
void add_trace_cut(CLI::App& app, Console& console);

}  // namespace lnsim
