#include "models/control/describe_command.h"

#include <fmt/format.h>

namespace lnsim {
namespace {

constexpr std::array<std::string_view, 4> kLoadTargetNames{"operand_a", "operand_b", "partial_sums",
                                                           "vector"};

}  // namespace

std::string describe_command(const Program& program, const QueuedCommand& queued) {
  const Command& command = program.commands[queued.command];
  const std::uint32_t ordinal = queued.ordinal;
  switch (command.operation) {
    case Operation::fetch:
      return fmt::format("fetch {} ({} bytes)", ordinal, program.fetches[command.index].dram_bytes);
    case Operation::write_back:
      return fmt::format("write-back {} ({} bytes)", ordinal, program.write_backs[command.index].bytes);
    case Operation::load: {
      const Load& load = program.loads[command.index];
      return fmt::format("load {} ({} to slot {}, {} bytes)", ordinal,
                         kLoadTargetNames[static_cast<std::size_t>(load.target)], load.slot, load.bytes);
    }
    case Operation::compute: {
      const Compute& compute = program.computes[command.index];
      return fmt::format("PE command {} (compute, rows {}, columns {}, vectors {})", ordinal,
                         compute.rows.count, compute.columns.count, compute.vectors);
    }
    case Operation::vector_work:
      return fmt::format("PE command {} (vector work, {} elements)", ordinal,
                         program.vector_works[command.index].elements);
    case Operation::update:
      break;
  }
  return fmt::format("update {} ({} parameters)", ordinal, program.updates[command.index].parameters);
}

std::string describe_wait(const RunState& run, const CommandQueue& queue) {
  const QueuedCommand* oldest = queue.oldest();
  if (oldest == nullptr) return {};
  const std::string unmet = run.scoreboard.unmet(oldest->after);
  if (unmet.empty()) return {};
  return fmt::format("waits for {} to start {}", unmet, describe_command(*run.program, *oldest));
}

}  // namespace lnsim
