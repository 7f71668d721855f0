#include "tests/lockstep/pe_data.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "models/arith/lns_lane.h"
#include "models/compute/aligned_bytes.h"
#include "sim/base/simulation.h"

namespace lnsim::lockstep {

using arith::Code;

// Accumulators of one word each.
std::span<const std::uint64_t> PeData::sums_of(const std::byte* accumulators, std::uint32_t rows) const {
  return {reinterpret_cast<const std::uint64_t*>(accumulators), rows};
}

void PeData::append(const ResultColumn& where, std::span<const std::uint64_t> values, unsigned bits) {
  std::deque<std::uint8_t>& bytes = bytes_[pe_of(where)];
  std::vector<bool> packed;
  for (const std::uint64_t value : values)
    for (unsigned bit = 0; bit < bits; ++bit) packed.push_back((value >> bit & 1) != 0);
  packed.resize((packed.size() + 7) / 8 * 8);
  for (std::size_t i = 0; i < packed.size(); i += 8) {
    unsigned byte = 0;
    for (unsigned bit = 0; bit < 8; ++bit) byte |= (packed[i + bit] ? 1u : 0u) << bit;
    bytes.push_back(static_cast<std::uint8_t>(byte));
  }
}

void PeData::spill(const ResultColumn& where, const std::byte* accumulators) {
  const auto sums = sums_of(accumulators, where.rows);
  for (std::uint32_t i = 0; i < where.rows; ++i)
    spilled_[{where.product, where.group, where.column, where.first_row + i}] = sums[i];
  append(where, sums, datapath().accumulator_bits());
}

void PeData::restore(const ResultColumn& where, std::byte* accumulators) {
  const std::vector<std::uint64_t> sums = spilled_sums(where);
  std::copy(sums.begin(), sums.end(), reinterpret_cast<std::uint64_t*>(accumulators));
}

std::vector<std::uint64_t> PeData::spilled_sums(const ResultColumn& where) const {
  std::vector<std::uint64_t> sums;
  for (std::uint32_t i = 0; i < where.rows; ++i)
    sums.push_back(spilled_.at({where.product, where.group, where.column, where.first_row + i}));
  return sums;
}

void PeData::emit(const ResultColumn& where, const std::byte* accumulators) {
  std::vector<std::uint64_t> codes;
  arith::QuantiseCounts counts;
  const arith::Scale shift{output_shift(where.product)};
  for (std::uint32_t i = 0; i < where.rows; ++i)
    codes.push_back(datapath().emit(accumulators + i * datapath().accumulator_bytes(), shift, {},
                                    *machine_.output, {}, counts));
  append_codes(where, codes);
}

void PeData::append_codes(const ResultColumn& where, std::span<const std::uint64_t> codes) {
  codes_ += codes.size();
  append(where, codes, machine_.output->storage_bits());
}

// A part of a product moves from PE to PE only between commands, so the latest assignment holds.
std::size_t PeData::pe_of(const ResultColumn& where) const {
  const auto inside = [&](const Region& r) {
    return r.product == where.product && r.slice.group == where.group &&
           where.first_row >= r.slice.first_row &&
           where.first_row + where.rows <= r.slice.first_row + r.slice.rows &&
           where.column >= r.slice.first_column && where.column < r.slice.first_column + r.slice.columns;
  };
  const auto found = std::find_if(regions_.rbegin(), regions_.rend(), inside);
  return found == regions_.rend() ? 0 : found->pe;
}

std::vector<std::uint8_t> PeData::take_bytes(std::size_t pe, std::size_t count) {
  std::deque<std::uint8_t>& bytes = bytes_[pe];
  const auto end = bytes.begin() + static_cast<std::ptrdiff_t>(std::min(count, bytes.size()));
  std::vector<std::uint8_t> taken(bytes.begin(), end);
  bytes.erase(bytes.begin(), end);
  return taken;
}

std::size_t PeData::bytes_waiting() const {
  std::size_t waiting = 0;
  for (const auto& [pe, bytes] : bytes_) waiting += bytes.size();
  return waiting;
}

std::vector<Code> PeData::codes_of(LoadTarget target, const OperandTile& tile) {
  const std::size_t elements = std::size_t{tile.count} * tile.vectors * machine_.parameters.pe.vector_size;
  AlignedBytes packed;
  packed.reserve(elements * datapath().packed_bytes());
  read_operand(target, tile, packed.data());
  const bool is_a = target == LoadTarget::operand_a;
  const arith::LnsLayout layout((is_a ? machine_.a : machine_.b)->parameters());
  const arith::LnsLayout other((is_a ? machine_.b : machine_.a)->parameters());
  const unsigned shift = std::max(layout.log2_gamma(), other.log2_gamma()) - layout.log2_gamma();
  std::vector<Code> codes;
  for (const auto value : std::span(reinterpret_cast<const arith::PackedLns*>(packed.data()), elements)) {
    const bool number = value >= arith::kProductFloor;
    codes.push_back(number ? layout.encode((value & 1) != 0, (value >> 2) >> shift) : layout.zero_code());
  }
  return codes;
}

void RandomPeData::read_operand(LoadTarget target, const OperandTile& tile, std::byte* packed) {
  const bool is_a = target == LoadTarget::operand_a;
  const arith::NumberFormat& format = is_a ? *machine_.a : *machine_.b;
  const std::uint32_t size = machine_.parameters.pe.vector_size;
  const std::uint64_t matrix = mix_bits(seed_, tile.product * 2 + (is_a ? 1 : 0), tile.group);
  std::vector<Code> codes;
  for (std::uint32_t i = 0; i < tile.count; ++i) {
    for (std::uint32_t k = 0; k < tile.vectors * size; ++k) {
      const std::uint64_t drawn = mix_bits(matrix, tile.first + i, tile.first_vector * size + k);
      const Code code = static_cast<Code>(drawn & ((1u << format.storage_bits()) - 1));
      codes.push_back(drawn >> 60 == 0 || !format.is_valid(code) ? format.zero_code() : code);
    }
  }
  if (is_a) {
    datapath().pack_a(codes, 0, packed);
  } else {
    datapath().pack_b(codes, 0, packed);
  }
}

// Moves the largest product to about the largest code: a few results then lie beyond either end.
std::int32_t RandomPeData::output_shift(std::uint32_t product) const {
  const arith::LnsLayout layout_a(machine_.a->parameters()), layout_b(machine_.b->parameters());
  const arith::LnsLayout out(machine_.output->parameters());
  const auto steps = [&](const arith::LnsLayout& layout) {
    return layout.top() * static_cast<std::int32_t>(layout_a.gamma()) /
           static_cast<std::int32_t>(layout.gamma());
  };
  const std::int32_t spread = steps(out) / 2 + 1;
  const auto drawn = static_cast<std::int32_t>(mix_bits(seed_, product, 77) % static_cast<unsigned>(spread));
  return steps(out) - steps(layout_a) - steps(layout_b) + drawn - spread / 2;
}

ReplayedPeData::ReplayedPeData(const PeMachine& machine, std::vector<Product> products, OperandReplay& replay,
                               OperandReplay& probe)
    : PeData(machine), products_(std::move(products)), replay_(replay) {
  const arith::LnsLayout layout(machine.output->parameters());
  const Product& product = products_.front();
  // Powers of two, until one is within the range of the output: its code tells how far results are moved.
  for (std::uint32_t octave = 0; octave + 1 < datapath().accumulator_bits(); ++octave) {
    const ResultColumn where{0, 0, static_cast<std::uint32_t>(octave / product.rows),
                             static_cast<std::uint32_t>(octave % product.rows), 1};
    const std::uint64_t sum = std::uint64_t{1} << octave;
    const auto* bytes = reinterpret_cast<const std::byte*>(&sum);
    probe.emit(where, bytes);
    const std::int32_t exponent = layout.decode(output_of(probe, where)).exponent;
    if (exponent == 0 || exponent == layout.top()) continue;
    shift_ = exponent - static_cast<std::int32_t>(std::lround(std::log2(datapath().value(bytes)) *
                                                              static_cast<double>(layout.gamma())));
    return;
  }
}

arith::Code ReplayedPeData::output_of(const OperandReplay& replay, const ResultColumn& where) const {
  const auto at =
      Product::offset(products_[where.product].out, where.group, where.first_row, where.column, 0);
  return replay.outputs()[static_cast<std::size_t>(at)];
}

void ReplayedPeData::emit(const ResultColumn& where, const std::byte* accumulators) {
  replay_.emit(where, accumulators);
  std::vector<std::uint64_t> codes;
  for (std::uint32_t i = 0; i < where.rows; ++i)
    codes.push_back(output_of(replay_, {where.product, where.group, where.column, where.first_row + i, 1}));
  append_codes(where, codes);
}

}  // namespace lnsim::lockstep
