#include "models/control/check_program.h"

#include <fmt/format.h>

#include <limits>
#include <string_view>

#include "models/compute/operand_buffers.h"
#include "sim/base/errors.h"

namespace lnsim {
namespace {

constexpr std::uint64_t kMostBytes =
    std::numeric_limits<std::uint32_t>::max();  // of one command: products fit 64 bits

// The checks of one command; `where` begins every message.
class CommandCheck {
 public:
  CommandCheck(const Program& program, const AcceleratorParameters& parameters, std::string where)
      : program_(program), parameters_(parameters), where_(std::move(where)) {}

  void check(const Command& command) const {
    switch (command.operation) {
      case Operation::fetch:
        return check(entry(program_.fetches, command.index));
      case Operation::write_back:
        return check(entry(program_.write_backs, command.index));
      case Operation::load:
        return check(entry(program_.loads, command.index));
      case Operation::compute:
        return check(entry(program_.computes, command.index));
      case Operation::vector_work:
        return check(entry(program_.vector_works, command.index));
      case Operation::update:
        return check(entry(program_.updates, command.index));
    }
  }

 private:
  [[noreturn]] void fail(const std::string& what) const { throw ModelError(where_ + ": " + what); }
  void require(bool holds, std::string_view what) const {
    if (!holds) fail(std::string(what));
  }
  void require_bytes(std::uint64_t bytes, std::string_view what) const {
    if (bytes == 0 || bytes > kMostBytes) fail(fmt::format("{} is {}", what, bytes));
  }

  template <class Entry>
  const Entry& entry(const std::vector<Entry>& table, std::uint32_t index) const {
    if (index >= table.size()) fail(fmt::format("index {} of a table of {}", index, table.size()));
    return table[index];
  }

  void check(const Fetch& fetch) const {
    require_bytes(fetch.dram_bytes, "dram_bytes");
    require_bytes(fetch.buffer_bytes, "buffer_bytes");
  }

  void check(const WriteBack& write_back) const { require_bytes(write_back.bytes, "bytes"); }

  void check(const Load& load) const {
    require_bytes(load.bytes, "bytes");
    require(load.pes.count > 0, "it reaches no PE");
    const std::uint64_t last = load.pes.first + std::uint64_t{load.pes.count - 1} * load.pes.stride;
    if (last >= parameters_.pe.count) fail(fmt::format("it reaches PE {} of {}", last, parameters_.pe.count));
    require(load.pes.count == 1 || load.pes.stride > 0, "it reaches the same PE twice");
    require(load.slot < kSlots, "its slot does not exist");
  }

  void check(const Compute& compute) const {
    require(compute.slot_a < kSlots && compute.slot_b < kSlots, "its slot does not exist");
    require(compute.vectors > 0, "it has no vectors");
    require(compute.groups.count <= 1, "a PE works on one group at a time");
    const std::uint64_t most = std::uint64_t{compute.vectors} * parameters_.pe.vector_size;
    require(compute.useful_elements <= most, "more useful elements than its vectors hold");
    if (compute.columns.count > parameters_.pe.collector_entries) {
      fail(fmt::format("{} columns, but the collector has {} entries", compute.columns.count,
                       parameters_.pe.collector_entries));
    }
    require(compute.rows.count <= parameters_.pe.lanes ||
                (compute.start != SumStart::keep && compute.end != SumEnd::keep),
            "the collector keeps the sums of one row block only");
  }

  void check(const VectorWork& work) const {
    require(work.slot_b < kSlots, "its slot does not exist");
    require(work.pes >= 1 && work.pes <= parameters_.pe.count, "its PEs do not exist");
    require(work.input_bytes <= kMostBytes && work.output_bytes <= kMostBytes, "too many bytes");
  }

  void check(const Update& update) const {
    require_bytes(update.parameters, "parameters");
    require_bytes(update.read_bytes, "read_bytes");
    require_bytes(update.write_bytes, "write_bytes");
  }

  const Program& program_;
  const AcceleratorParameters& parameters_;
  std::string where_;
};

}  // namespace

void check_program(const Program& program, const AcceleratorParameters& parameters) {
  const PeGrid& grid = program.grid;
  const std::uint64_t pes = std::uint64_t{grid.groups} * grid.rows * grid.columns;
  if (pes == 0 || pes > parameters.pe.count) {
    throw ModelError(fmt::format("program: a grid of {} x {} x {} on {} PEs", grid.groups, grid.rows,
                                 grid.columns, parameters.pe.count));
  }
  for (std::size_t i = 0; i < program.commands.size(); ++i) {
    CommandCheck(program, parameters, fmt::format("command {}", i)).check(program.commands[i]);
  }
}

}  // namespace lnsim
