#include "tools/export/dramsys.h"

#include <fmt/format.h>

#include <map>
#include <string>

#include "models/accelerator.h"
#include "models/memory/dram_request.h"
#include "sim/base/errors.h"
#include "sim/run/compile/fastest_program.h"
#include "sim/run/compile/known_programs.h"
#include "sim/run/compile/operation_parts.h"
#include "sim/run/compile/signature.h"

namespace lnsim {

namespace {

class Writer {
 public:
  Writer(std::ostream& out, const Trace& trace, const RunConfig& config, const EnergyCosts& costs)
      : out_(out),
        trace_(trace),
        config_(config),
        compiler_(trace, config, costs),
        accelerator_(config.machine),
        programs_(config.machine) {
    const AcceleratorParameters& machine = config_.machine;
    out_ << fmt::format("# clkMhz {}\n", machine.clock.frequency_ghz * 1000.0)
         << fmt::format(
                "# DRAM requests of {} on {}: bursts of {} B, {} channels, one after the other by address\n",
                single_line(trace_.header.model), single_line(machine.name), machine.dram.burst_bytes,
                machine.dram.channels);
  }

  void write(const TraceOperation& operation) {
    out_ << fmt::format("# {} {}\n", single_line(operation.layer),
                        kPassNames[static_cast<std::size_t>(operation.pass)]);
    for (const OperationPart& part : operation_parts(operation, config_)) {
      const FastestProgram fastest = program_of(part.operation);
      for (std::uint64_t i = 0; i < part.repeats; ++i) write(fastest);
    }
  }

  const DramTraceTotals& totals() const { return totals_; }

 private:
  static std::string single_line(std::string text) {
    for (char& c : text) {
      if (c == '\n' || c == '\r') c = ' ';
    }
    return text;
  }

  // Of equal operations, the number of PEs is found once.
  FastestProgram program_of(const TraceOperation& operation) {
    const auto [entry, is_new] = known_.try_emplace(operation_signature(operation, config_));
    if (is_new) {
      FastestProgram fastest =
          fastest_program(compiler_, operation, [&](const Program& program, std::uint64_t most) {
            return programs_.run_within(accelerator_, program, most);
          });
      entry->second = {fastest.run, fastest.pes};
      return fastest;
    }
    return {compiler_.compile(operation, entry->second.pes), entry->second.run, entry->second.pes};
  }

  void write(const FastestProgram& fastest) {
    const std::uint32_t bytes = config_.machine.dram.burst_bytes;
    const RunResult run = accelerator_.run(fastest.compiled.program, [&](const DramRequest& request) {
      ++(request.writes ? totals_.writes : totals_.reads);
      fmt::format_to(std::ostreambuf_iterator<char>(out_), "{}: ({}) {} {:#x}\n",
                     totals_.cycles + request.cycle, bytes, request.writes ? "write" : "read",
                     request.address);
    });
    if (run != fastest.run)
      throw ModelError("a run whose requests are written down differs from one that is not");
    totals_.cycles += run.cycles;
  }

  struct Known {
    RunResult run;
    std::uint32_t pes = 0;
  };

  std::ostream& out_;
  const Trace& trace_;
  const RunConfig& config_;
  Compiler compiler_;
  Accelerator accelerator_;
  KnownPrograms programs_;
  std::map<std::string, Known> known_;  // by signature
  DramTraceTotals totals_;
};

}  // namespace

DramTraceTotals write_dramsys_trace(std::ostream& out, const Trace& trace, const RunConfig& config,
                                    const EnergyCosts& costs, std::optional<std::size_t> operation,
                                    const Progress& progress) {
  Writer writer(out, trace, config, costs);
  const std::size_t first = operation.value_or(0);
  const std::size_t end = operation ? first + 1 : trace.operations.size();
  for (std::size_t i = first; i < end; ++i) {
    writer.write(trace.operations[i]);
    progress(i + 1 - first, end - first, trace.operations[i].layer);
  }
  return writer.totals();
}

}  // namespace lnsim
