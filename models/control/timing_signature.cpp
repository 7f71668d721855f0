#include "models/control/timing_signature.h"

#include <algorithm>
#include <unordered_map>

#include "models/memory/transfers.h"
#include "sim/base/hash.h"

namespace lnsim {
namespace {

using Signature = std::array<std::uint64_t, 12>;  // the operation and up to eleven numbers

struct Hash {
  std::size_t operator()(const Signature& signature) const { return hash_words(signature); }
};

class Signer {
 public:
  Signer(const Program& program, const AcceleratorParameters& machine)
      : program_(program),
        buffer_line_(buffer_line(machine.global_buffer)),
        dram_line_(std::uint64_t{machine.dram.channels} * machine.dram.burst_bytes) {}

  Signature of(const Command& command) const {
    Signature signature = of_kind(command);
    signature.back() = static_cast<std::uint64_t>(command.operation);
    return signature;
  }

 private:
  std::uint64_t in_buffer(std::uint64_t address) const { return address % buffer_line_; }
  std::uint64_t in_dram(std::uint64_t address) const { return address % dram_line_; }

  Signature of_kind(const Command& command) const {
    switch (command.operation) {
      case Operation::fetch:
        return of(program_.fetches[command.index]);
      case Operation::write_back:
        return of(program_.write_backs[command.index]);
      case Operation::load:
        return of(program_.loads[command.index]);
      case Operation::compute:
        return of(program_.computes[command.index]);
      case Operation::vector_work:
        return of(program_.vector_works[command.index]);
      case Operation::update:
        break;
    }
    return of(program_.updates[command.index]);
  }

  Signature of(const Fetch& f) const {
    return {in_dram(f.dram_address), f.dram_bytes, in_buffer(f.buffer_address), f.buffer_bytes};
  }
  Signature of(const WriteBack& w) const {
    return {in_dram(w.dram_address), w.bytes, in_buffer(w.buffer_address)};
  }
  Signature of(const Load& l) const {
    return {static_cast<std::uint64_t>(l.target), l.pes.first, l.pes.count, l.pes.stride, l.slot, l.bytes,
            in_buffer(l.buffer_address)};
  }
  // The share of the first PE along an axis, the step to the next one, and where the last one is cut off.
  static std::uint64_t left(const SliceAxis& axis, std::uint32_t positions) {
    const std::uint64_t all = std::uint64_t{axis.step} * (positions - 1) + axis.count;
    return std::min<std::uint64_t>(axis.end - std::min(axis.first, axis.end), all);
  }
  Signature of(const Compute& c) const {
    const PeGrid& grid = program_.grid;
    return {std::uint64_t{c.slot_a} * 2 + c.slot_b,
            static_cast<std::uint64_t>(c.start) * 4 + static_cast<std::uint64_t>(c.end),
            left(c.groups, grid.groups),
            std::uint64_t{c.groups.step} << 32U | c.groups.count,
            left(c.rows, grid.rows),
            std::uint64_t{c.rows.step} << 32U | c.rows.count,
            left(c.columns, grid.columns),
            std::uint64_t{c.columns.step} << 32U | c.columns.count,
            c.vectors,
            c.useful_elements,
            in_buffer(c.output_address)};
  }
  Signature of(const VectorWork& w) const {
    return {w.slot_b,
            w.pes,
            w.elements,
            w.operations_per_element,
            w.input_bytes,
            w.output_bytes,
            in_buffer(w.output_address)};
  }
  Signature of(const Update& u) const {
    return {u.parameters, u.read_bytes, in_buffer(u.read_address), u.write_bytes, in_buffer(u.write_address)};
  }

  const Program& program_;
  std::uint64_t buffer_line_;
  std::uint64_t dram_line_;
};

}  // namespace

std::vector<std::uint32_t> timing_signatures(const Program& program, const AcceleratorParameters& machine) {
  const Signer signer(program, machine);
  std::unordered_map<Signature, std::uint32_t, Hash> numbers;
  std::vector<std::uint32_t> signatures;
  signatures.reserve(program.commands.size());
  for (const Command& command : program.commands) {
    const auto next = static_cast<std::uint32_t>(numbers.size());
    signatures.push_back(numbers.try_emplace(signer.of(command), next).first->second);
  }
  return signatures;
}

Fingerprint timing_fingerprint(const Program& program, const AcceleratorParameters& machine) {
  const Signer signer(program, machine);
  const PeGrid& grid = program.grid;
  Fingerprint print;
  for (const std::uint32_t number : {grid.groups, grid.rows, grid.columns, program.operand_a_bits,
                                     program.operand_b_bits, program.output_bits, program.accumulator_bits})
    print.add(number);
  for (const Command& command : program.commands) {
    for (const std::uint64_t word : signer.of(command)) print.add(word);
    for (std::size_t i = 0; i < kCounterCount; i += 2)
      print.add(std::uint64_t{command.after.at_least[i]} << 32U | command.after.at_least[i + 1]);
  }
  return print;
}

}  // namespace lnsim
