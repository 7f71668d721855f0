// A product tiled the way the compiler does it: operands fetched from DRAM, double-buffered loads, the
// contraction cut into chunks whose sums are kept or spilled and restored, and results written back.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <tuple>
#include <vector>

#include "models/accelerator.h"
#include "models/arith/datapath.h"
#include "tests/timing/programs.h"

namespace lnsim::test {

struct TiledProduct {
  std::uint32_t rows = 0, columns = 0, vectors = 0;                 // of the whole product
  std::uint32_t tile_rows = 0, tile_columns = 0, tile_vectors = 0;  // of a PE's tile
  PeGrid grid;
  std::uint32_t elements = 0;  // of the contraction, <= vectors * vector_size
  bool keep = false;           // sums stay in the collector between chunks (tile_rows <= lanes)
};

class TiledProgram {
 public:
  TiledProgram(const TiledProduct& product, const AcceleratorParameters& machine)
      : p_(product), vector_size_(machine.pe.vector_size) {
    program.grid = p_.grid;
    program.operand_a_bits = program.operand_b_bits = 8;
    program.accumulator_bits = 24;
    const std::uint32_t step_rows = p_.tile_rows * p_.grid.rows;
    const std::uint32_t step_columns = p_.tile_columns * p_.grid.columns;
    for (std::uint32_t row = 0; row < p_.rows; row += step_rows) {
      for (std::uint32_t column = 0; column < p_.columns; column += step_columns) {
        for (std::uint32_t vector = 0; vector < p_.vectors; vector += p_.tile_vectors)
          add_chunk(row, column, vector);
        const std::uint64_t bytes =
            std::uint64_t{std::min(step_rows, p_.rows - row)} * std::min(step_columns, p_.columns - column);
        program.add(WriteBack{1U << 20U, bytes, kOutput}, after(Counter::produced, commands_));
      }
    }
  }

  Program program;

 private:
  static constexpr std::uint64_t kOperand = 4096;
  static constexpr std::uint64_t kOutput = 32768;
  static constexpr std::uint64_t kSums = 49152;

  SliceAxis rows_at(std::uint32_t row) const { return {row, p_.tile_rows, p_.tile_rows, p_.rows}; }
  SliceAxis columns_at(std::uint32_t column) const {
    return {column, p_.tile_columns, p_.tile_columns, p_.columns};
  }

  void add_chunk(std::uint32_t row, std::uint32_t column, std::uint32_t vector) {
    const std::uint32_t vectors = std::min(p_.tile_vectors, p_.vectors - vector);
    const auto slot = static_cast<std::uint8_t>(commands_ % 2);
    Dependencies freed;
    if (commands_ >= 2) freed.require(Counter::consumed, commands_ - 1);
    Dependencies loadable = freed;
    loadable.require(Counter::fetched,
                     program.add(Fetch{vector * 512U, 64U * vectors, kOperand, 64U * vectors}, {}));
    std::uint32_t loaded = 0;
    for (std::uint32_t r = 0; r < p_.grid.rows; ++r) {
      const std::uint32_t count = rows_at(row).count_of(r);
      if (count == 0) continue;
      const PeSet pes{r * p_.grid.columns, p_.grid.columns, 1};
      const OperandTile tile{0, 0, rows_at(row).begin_of(r), count, vector, vectors};
      loaded = program.add(load(LoadTarget::operand_a, pes, slot, tile), loadable);
    }
    for (std::uint32_t c = 0; c < p_.grid.columns; ++c) {
      const std::uint32_t count = columns_at(column).count_of(c);
      if (count == 0) continue;
      const PeSet pes{c, p_.grid.rows, p_.grid.columns};
      const OperandTile tile{0, 0, columns_at(column).begin_of(c), count, vector, vectors};
      loaded = program.add(load(LoadTarget::operand_b, pes, slot, tile), loadable);
    }
    Compute compute;
    compute.slot_a = compute.slot_b = slot;
    compute.groups = {0, 1, 1, 1};
    compute.rows = rows_at(row);
    compute.columns = columns_at(column);
    compute.first_vector = vector;
    compute.vectors = vectors;
    const std::uint32_t begin = std::min(p_.elements, vector * vector_size_);
    compute.useful_elements = std::min(p_.elements, (vector + vectors) * vector_size_) - begin;
    const bool opens = vector == 0;
    const bool closes = vector + vectors == p_.vectors;
    compute.start = opens ? SumStart::zero : (p_.keep ? SumStart::keep : SumStart::restore);
    compute.end = closes ? SumEnd::emit : (p_.keep ? SumEnd::keep : SumEnd::spill);
    compute.output_address = closes ? kOutput : kSums;
    if (!opens && !p_.keep) loaded = load_sums(slot, freed);
    commands_ = program.add(compute, after(Counter::loaded, loaded));
  }

  std::uint32_t load_sums(std::uint8_t slot, Dependencies freed) {
    freed.require(Counter::produced, commands_);
    std::uint32_t loaded = 0;
    for (std::uint32_t pe = 0; pe < p_.grid.rows * p_.grid.columns; ++pe) {
      Load sums;
      sums.target = LoadTarget::partial_sums;
      sums.pes = {pe, 1, 1};
      sums.slot = slot;
      sums.bytes = std::uint64_t{p_.tile_rows} * p_.tile_columns * 3;
      sums.buffer_address = kSums;
      loaded = program.add(sums, freed);
    }
    return loaded;
  }

  Load load(LoadTarget target, PeSet pes, std::uint8_t slot, const OperandTile& tile) const {
    return {target, pes, slot, std::uint64_t{tile.count} * tile.vectors * vector_size_, kOperand, tile};
  }

  TiledProduct p_;
  std::uint32_t vector_size_;
  std::uint32_t commands_ = 0;
};

// Random operands, and what the machine made of them.
class MatrixData final : public TileData {
 public:
  MatrixData(const TiledProduct& product, std::uint32_t vector_size, const arith::Datapath& datapath,
             const arith::NumberFormat& format, std::uint64_t seed)
      : product_(product), vector_size_(vector_size), datapath_(datapath) {
    std::mt19937_64 random(seed);
    const auto fill = [&](std::vector<arith::Code>& codes, std::size_t count) {
      while (codes.size() < count) {
        const auto code = static_cast<arith::Code>(random() & 0xFFU);
        if (format.is_valid(code)) codes.push_back(code);
      }
    };
    fill(a_, std::size_t{product.rows} * product.elements);
    fill(b_, std::size_t{product.columns} * product.elements);
  }

  const arith::Datapath& datapath() const override { return datapath_; }

  void read_operand(LoadTarget target, const OperandTile& tile, std::byte* packed) override {
    for (std::uint32_t i = 0; i < tile.count; ++i) {
      for (std::uint32_t v = 0; v < tile.vectors; ++v) {
        pack(target == LoadTarget::operand_a, tile.first + i, tile.first_vector + v, packed);
        packed += vector_size_ * datapath_.packed_bytes();
      }
    }
  }

  void spill(const ResultColumn& where, const std::byte* accumulators) override {
    store(sums_, where, accumulators);
  }
  void restore(const ResultColumn& where, std::byte* accumulators) override {
    for (std::uint32_t i = 0; i < where.rows; ++i) {
      const auto& sum = sums_.at({where.first_row + i, where.column});
      std::copy(sum.begin(), sum.end(), accumulators + i * datapath_.accumulator_bytes());
    }
  }
  void emit(const ResultColumn& where, const std::byte* accumulators) override {
    store(results_, where, accumulators);
    emitted_ += where.rows;
  }
  void update(const Update& update) override { updated_ += update.parameters; }

  double result(std::uint32_t row, std::uint32_t column) const {
    return datapath_.value(results_.at({row, column}).data());
  }
  const std::vector<arith::Code>& a() const { return a_; }
  const std::vector<arith::Code>& b() const { return b_; }
  std::uint64_t emitted() const { return emitted_; }
  std::uint64_t updated() const { return updated_; }

  // One vector of a row of A (a column of B), padded.
  void pack(bool is_a, std::uint32_t index, std::uint32_t vector, std::byte* packed) const {
    const std::uint32_t first = std::min(product_.elements, vector * vector_size_);
    const std::uint32_t count = std::min(product_.elements - first, vector_size_);
    const auto* codes = (is_a ? a_ : b_).data() + std::size_t{index} * product_.elements + first;
    if (is_a) {
      datapath_.pack_a({codes, count}, 0, packed);
    } else {
      datapath_.pack_b({codes, count}, 0, packed);
    }
    datapath_.pack_padding(vector_size_ - count, packed + count * datapath_.packed_bytes());
  }

 private:
  using Sums = std::map<std::pair<std::uint32_t, std::uint32_t>, std::vector<std::byte>>;

  void store(Sums& sums, const ResultColumn& where, const std::byte* accumulators) const {
    const std::size_t bytes = datapath_.accumulator_bytes();
    for (std::uint32_t i = 0; i < where.rows; ++i) {
      sums[{where.first_row + i, where.column}].assign(accumulators + i * bytes,
                                                       accumulators + (i + 1) * bytes);
    }
  }

  TiledProduct product_;
  std::uint32_t vector_size_;
  const arith::Datapath& datapath_;
  std::vector<arith::Code> a_;
  std::vector<arith::Code> b_;
  Sums sums_;
  Sums results_;
  std::uint64_t emitted_ = 0;
  std::uint64_t updated_ = 0;
};

}  // namespace lnsim::test
