#include "tests/lockstep/pe_decode.h"

#include <algorithm>
#include <stdexcept>

namespace lnsim::lockstep {

std::optional<std::uint64_t> PeDecoder::bytes_of(const Load& load) const {
  for (std::uint32_t i = 0; i < load.pes.count; ++i) {
    if (load.pes.first + i * load.pes.stride != position_) continue;
    return load.target == LoadTarget::vector ? even_share(load.bytes, i, load.pes.count).count : load.bytes;
  }
  return std::nullopt;
}

// What a slot holds when a command is executed: the last load of it before.
const OperandTile& PeDecoder::tile_in(LoadTarget target, std::uint8_t slot, std::size_t command) const {
  while (command-- > 0) {
    if (program_.commands[command].operation != Operation::load) continue;
    const Load& load = program_.loads[program_.commands[command].index];
    if (load.target == target && load.slot == slot && bytes_of(load)) return load.tile;
  }
  throw std::runtime_error("a slot is read before anything is loaded into it");
}

// The command that restores from the sums that a load brings.
const Compute& PeDecoder::reader_of_sums(std::size_t command) const {
  const std::uint8_t slot = program_.loads[program_.commands[command].index].slot;
  while (++command < program_.commands.size()) {
    if (program_.commands[command].operation != Operation::compute) continue;
    const Compute& compute = program_.computes[program_.commands[command].index];
    if (compute.start == SumStart::restore && compute.slot_a == slot &&
        !slice_of(compute, program_.grid, position_).empty())
      return compute;
  }
  throw std::runtime_error("sums are loaded that nobody restores");
}

PeCommand PeDecoder::decode_vector_work(const VectorWork& work, PeCommand decoded) const {
  const auto share = [&](std::uint64_t amount) {
    return position_ < work.pes ? even_share(amount, position_, work.pes) : Share{};
  };
  decoded.vector_work = true;
  decoded.slot_b = work.slot_b;
  decoded.operations = static_cast<std::uint32_t>(share(work.elements).count * work.operations_per_element);
  decoded.input_bytes = static_cast<std::uint32_t>(share(work.input_bytes).count);
  decoded.output_bytes = static_cast<std::uint32_t>(share(work.output_bytes).count);
  decoded.output_address = static_cast<std::uint32_t>(work.output_address + share(work.output_bytes).first);
  decoded.empty = share(work.elements).count == 0 && decoded.input_bytes == 0 && decoded.output_bytes == 0;
  return decoded;
}

PeCommand PeDecoder::decode(std::size_t command, std::uint32_t ordinal, const PeData& data) const {
  const Command& entry = program_.commands[command];
  PeCommand decoded;
  decoded.ordinal = ordinal;
  decoded.required = entry.after.at_least;
  if (entry.operation == Operation::vector_work)
    return decode_vector_work(program_.vector_works[entry.index], decoded);
  const Compute& compute = program_.computes[entry.index];
  const ComputeSlice slice = slice_of(compute, program_.grid, position_);
  decoded.empty = slice.empty();
  if (decoded.empty) return decoded;
  const OperandTile& a = tile_in(LoadTarget::operand_a, compute.slot_a, command);
  const OperandTile& b = tile_in(LoadTarget::operand_b, compute.slot_b, command);
  const std::uint32_t bits = compute.end == SumEnd::emit ? program_.output_bits : program_.accumulator_bits;
  decoded.output_address =
      static_cast<std::uint32_t>(compute.output_address + packed_size(slice.elements_before, bits));
  decoded.slot_a = compute.slot_a;
  decoded.slot_b = compute.slot_b;
  decoded.rows = slice.rows;
  decoded.columns = slice.columns;
  decoded.vectors = compute.vectors;
  decoded.start = static_cast<std::uint8_t>(compute.start);
  decoded.end = static_cast<std::uint8_t>(compute.end);
  decoded.stride_a = a.vectors;
  decoded.word_a = (slice.first_row - a.first) * a.vectors + compute.first_vector - a.first_vector;
  decoded.stride_b = b.vectors;
  decoded.word_b = (slice.first_column - b.first) * b.vectors + compute.first_vector - b.first_vector;
  decoded.useful_elements = static_cast<std::uint32_t>(compute.useful_elements);
  decoded.scale = data.output_shift(compute.product) * data.machine().grid_steps;
  return decoded;
}

std::vector<PeWrite> PeDecoder::writes_of(std::size_t command, PeData& data, const PeMachine& machine) const {
  const Load& load = program_.loads[program_.commands[command].index];
  std::vector<PeWrite> writes;
  PeWrite write;
  write.slot = load.slot;
  if (load.target == LoadTarget::partial_sums) {
    write.target = PeWriteTarget::partial_sums;
    const Compute& compute = reader_of_sums(command);
    const ComputeSlice slice = slice_of(compute, program_.grid, position_);
    const std::uint32_t lanes = machine.parameters.pe.lanes;
    const unsigned bits = machine.datapath->accumulator_bits();
    for (std::uint32_t row = 0; row < slice.rows; row += lanes) {
      for (std::uint32_t column = 0; column < slice.columns; ++column, ++write.word) {
        const auto sums = data.spilled_sums({compute.product, slice.group, slice.first_column + column,
                                             slice.first_row + row, std::min(lanes, slice.rows - row)});
        write.data = {};
        for (std::size_t i = 0; i < sums.size(); ++i) write.data.put(i * bits, bits, sums[i]);
        writes.push_back(write);
      }
    }
  } else if (load.target != LoadTarget::vector) {
    const bool is_a = load.target == LoadTarget::operand_a;
    write.target = is_a ? PeWriteTarget::operand_a : PeWriteTarget::operand_b;
    const unsigned bits = is_a ? machine.bits_a() : machine.bits_b();
    const std::vector<arith::Code> codes = data.codes_of(load.target, load.tile);
    const std::size_t at_once = std::size_t{machine.write_vectors} * machine.parameters.pe.vector_size;
    for (std::size_t first = 0; first < codes.size(); first += at_once) {
      write.data = {};
      for (std::size_t i = 0; i < std::min(at_once, codes.size() - first); ++i)
        write.data.put(i * bits, bits, codes[first + i]);
      writes.push_back(write);
      write.word += machine.write_vectors;
    }
    const BufferParameters& buffer = is_a ? machine.parameters.pe.buffer_a : machine.parameters.pe.buffer_b;
    if (codes.size() * bits > std::size_t{4} * buffer.capacity_bytes)
      throw std::runtime_error("a tile, unrolled, is larger than the twin's slot");
  }
  return writes;
}

}  // namespace lnsim::lockstep
