// The values behind a PE's program, and the bytes that the PE must send because of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <span>
#include <tuple>
#include <vector>

#include "models/arith/lns_layout.h"
#include "models/compute/slice.h"
#include "models/control/tile_data.h"
#include "sim/run/replay/replay.h"
#include "tests/lockstep/pe_machine.h"

namespace lnsim::lockstep {

// A source of operands beside which the results are written down. Sums that leave are quantised, or stored,
// as the post-processing unit packs them: row after row from bit 0 of a column's first byte up.
class PeData : public TileData {
 public:
  explicit PeData(const PeMachine& machine) : machine_(machine) {}

  const arith::Datapath& datapath() const override { return *machine_.datapath; }
  void spill(const ResultColumn& where, const std::byte* accumulators) override;
  void restore(const ResultColumn& where, std::byte* accumulators) override;
  void emit(const ResultColumn& where, const std::byte* accumulators) override;
  void update(const Update&) override {}

  const PeMachine& machine() const { return machine_; }

  // What the post-processing unit adds to the exponents of a product's results, in steps of A's scale.
  virtual std::int32_t output_shift(std::uint32_t product) const = 0;

  // Of several PEs, number `pe` works on this part of a product from now on.
  struct Region {
    std::size_t pe = 0;
    std::uint32_t product = 0;
    ComputeSlice slice;
  };
  void assign(const Region& region) { regions_.push_back(region); }

  // The next `count` bytes that leave the post-processing unit of a PE, which are then forgotten; fewer when
  // there are no more.
  std::vector<std::uint8_t> take_bytes(std::size_t pe, std::size_t count);
  std::size_t bytes_waiting() const;
  std::uint64_t codes_emitted() const { return codes_; }

  // Codes of the twin's buffers: packed operands taken apart, padding as zeros.
  std::vector<arith::Code> codes_of(LoadTarget target, const OperandTile& tile);
  // Sums of a column that have been spilled, as bits.
  std::vector<std::uint64_t> spilled_sums(const ResultColumn& where) const;

 protected:
  void append(const ResultColumn& where, std::span<const std::uint64_t> values, unsigned bits);
  void append_codes(const ResultColumn& where, std::span<const std::uint64_t> codes);

  const PeMachine& machine_;

 private:
  std::span<const std::uint64_t> sums_of(const std::byte* accumulators, std::uint32_t rows) const;

  std::size_t pe_of(const ResultColumn& where) const;

  std::vector<Region> regions_;                            // the latest last
  std::map<std::size_t, std::deque<std::uint8_t>> bytes_;  // by PE
  std::uint64_t codes_ = 0;
  // By product, group, column and row.
  std::map<std::tuple<std::uint32_t, std::uint32_t, std::uint32_t, std::uint32_t>, std::uint64_t> spilled_;
};

// Operands drawn at random, the same for the same seed: any matrix, as large as a program wants.
class RandomPeData final : public PeData {
 public:
  RandomPeData(const PeMachine& machine, std::uint64_t seed) : PeData(machine), seed_(seed) {}
  void read_operand(LoadTarget target, const OperandTile& tile, std::byte* packed) override;
  std::int32_t output_shift(std::uint32_t product) const override;

 private:
  std::uint64_t seed_;
};

// Operands of a recorded product, whose replay says what the post-processing unit must emit.
class ReplayedPeData final : public PeData {
 public:
  // `probe` is another replay of the same product, of which nothing has been emitted: it tells the scales.
  ReplayedPeData(const PeMachine& machine, std::vector<Product> products, OperandReplay& replay,
                 OperandReplay& probe);
  void read_operand(LoadTarget target, const OperandTile& tile, std::byte* packed) override {
    replay_.read_operand(target, tile, packed);
  }
  void emit(const ResultColumn& where, const std::byte* accumulators) override;
  std::int32_t output_shift(std::uint32_t) const override { return shift_; }

 private:
  arith::Code output_of(const OperandReplay& replay, const ResultColumn& where) const;

  std::vector<Product> products_;
  OperandReplay& replay_;
  std::int32_t shift_ = 0;
};

}  // namespace lnsim::lockstep
