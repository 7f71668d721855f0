#include "sim/run/waveform.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <string_view>
#include <vector>

#include "sim/run/compile/fastest_program.h"
#include "sim/run/compile/operation_parts.h"
#include "sim/run/trace/operation_name.h"

namespace lnsim {
namespace {

[[noreturn]] void refuse(const std::string& option, const std::string& got, const std::string& expected) {
  throw UserError(Diagnostic{{}, option, got, expected});
}

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

WaveformWindow read_waveform_request(const WaveformRequest& request, const Trace& trace) {
  WaveformWindow window;
  window.operation = operation_named(trace, request.operation, "--vcd-operation");
  const std::size_t colon = request.window.find(':');
  const auto from = number(std::string_view(request.window).substr(0, colon));
  const auto to =
      colon == std::string::npos ? std::nullopt : number(std::string_view(request.window).substr(colon + 1));
  if (!from || !to || *from >= *to)
    refuse("--vcd-window", request.window, "FROM:TO in cycles, FROM less than TO");
  window.from = *from;
  window.to = *to;
  return window;
}

std::string waveform(const WaveformWindow& window, const Trace& trace, const RunConfig& config,
                     const EnergyCosts& costs, const IterationResult& result) {
  const OperationResult& known = result.operations[window.operation];
  if (window.from >= known.run.cycles) {
    refuse("--vcd-window", fmt::format("{}:{}", window.from, window.to),
           fmt::format("FROM less than {}, the cycles of {}:{}", known.run.cycles, known.layer,
                       kPassNames[static_cast<std::size_t>(known.pass)]));
  }
  // Of an operation too large for one program, the first part.
  const std::vector<OperationPart> parts = operation_parts(trace.operations[window.operation], config);
  const CompiledOperation compiled =
      Compiler(trace, config, costs).compile(parts.front().operation, known.pes);
  Waveform registers{window.from, window.to, {}};
  Accelerator(config.machine).run(compiled.program, nullptr, registers);
  return std::move(registers.vcd);
}

}  // namespace lnsim
