// Replays a product program symbolically and checks what must hold for any program, from its commands alone
// and the products they compute. Written against the contract of program.h, not against the compiler.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <tuple>
#include <vector>

#include "models/compute/slice.h"
#include "models/control/program.h"
#include "models/parameters.h"
#include "sim/run/compile/compile.h"

namespace lnsim {

class ProgramCheck {
 public:
  ProgramCheck(const CompiledOperation& compiled, const AcceleratorParameters& machine)
      : program_(compiled.program), products_(compiled.products), machine_(machine), pes_(machine.pe.count) {}

  void run() {
    for (const Command& command : program_.commands) {
      check_dependencies(command.after);
      switch (command.operation) {
        case Operation::fetch:
          fetch(program_.fetches[command.index], command.after);
          break;
        case Operation::write_back:
          write_back(program_.write_backs[command.index], command.after);
          break;
        case Operation::load:
          load(program_.loads[command.index], command.after);
          break;
        case Operation::compute:
          compute(program_.computes[command.index], command.after);
          break;
        case Operation::vector_work:
          ++issued(Counter::consumed);
          ++issued(Counter::produced);
          break;
        case Operation::update:
          ADD_FAILURE() << "an update in a product's program";
      }
      if (::testing::Test::HasFatalFailure()) return;
    }
    check_outputs();
  }

 private:
  struct Slot {
    OperandTile tile;
    std::uint32_t load = 0;      // ordinal, from 1
    std::uint32_t last_use = 0;  // PE command, from 1
  };
  struct Pe {
    std::array<Slot, 2> a, b, sums;
    const Compute* kept = nullptr;  // its sums are in the collector
    ComputeSlice kept_slice;
  };
  struct Region {
    std::uint64_t begin, end;
    std::uint32_t write_back;
  };

  std::uint32_t& issued(Counter counter) { return issued_[static_cast<std::size_t>(counter)]; }

  void check_dependencies(const Dependencies& after) {
    for (std::size_t i = 0; i < kCounterCount; ++i) {
      ASSERT_LE(after.at_least[i], issued_[i]) << "waits for work that is issued later";
    }
  }

  std::uint64_t capacity() const { return std::uint64_t{machine_.global_buffer.capacity_kib} * 1024; }

  void fetch(const Fetch& f, const Dependencies&) {
    ASSERT_GT(f.buffer_bytes, 0U);
    ASSERT_LE(f.buffer_address + f.buffer_bytes, capacity());
    // Frames: never partly over each other, never over results.
    const auto next = frames_.upper_bound(f.buffer_address);
    if (next != frames_.end()) {
      ASSERT_LE(f.buffer_address + f.buffer_bytes, next->first);
    }
    if (next != frames_.begin()) {
      const auto before = std::prev(next);
      if (before->first != f.buffer_address) {
        ASSERT_LE(before->first + before->second, f.buffer_address);
      }
    }
    auto& size = frames_[f.buffer_address];
    size = std::max(size, f.buffer_bytes);
    for (const Region& r : results_)
      ASSERT_TRUE(f.buffer_address >= r.end || f.buffer_address + f.buffer_bytes <= r.begin);
    ++issued(Counter::fetched);
  }

  void write_back(const WriteBack& w, const Dependencies& after) {
    ASSERT_LE(w.buffer_address + w.bytes, capacity());
    ASSERT_EQ(after[Counter::produced], issued(Counter::produced));
    written_bytes_ += w.bytes;
    results_.push_back({w.buffer_address, w.buffer_address + w.bytes, ++issued(Counter::written_back)});
  }

  void load(const Load& l, const Dependencies& after) {
    const std::uint32_t ordinal = ++issued(Counter::loaded);
    ASSERT_LE(l.buffer_address + l.bytes, capacity());
    const bool to_b = l.target == LoadTarget::operand_b;
    const std::uint64_t half = (to_b ? machine_.pe.buffer_b : machine_.pe.buffer_a).capacity_bytes / 2;
    ASSERT_LE(l.bytes, half);
    if (l.target != LoadTarget::partial_sums) {
      ASSERT_EQ(l.bytes, std::max<std::uint64_t>(1, unique_bytes(l)));
    }
    for (std::uint32_t i = 0; i < l.pes.count; ++i) {
      Pe& pe = pes_.at(l.pes.first + i * l.pes.stride);
      auto& slots = to_b ? pe.b : l.target == LoadTarget::operand_a ? pe.a : pe.sums;
      Slot& slot = slots.at(l.slot);
      ASSERT_GE(after[Counter::consumed], slot.last_use) << "overwrites a slot that is still to be read";
      slot.tile = l.tile;
      slot.load = ordinal;
    }
    if (l.target == LoadTarget::partial_sums) {
      ASSERT_GE(after[Counter::produced], spilled_.at(l.buffer_address));
    }
  }

  std::uint64_t unique_bytes(const Load& l) const {
    const Product& p = products_.at(l.tile.product);
    const MatrixView& view = l.target == LoadTarget::operand_a ? p.a : p.b;
    std::set<std::int64_t> touched;
    for (std::int64_t row = l.tile.first; row < l.tile.first + l.tile.count; ++row) {
      for (std::int64_t v = l.tile.first_vector; v < l.tile.first_vector + l.tile.vectors; ++v) {
        for (std::int64_t lane = 0; lane < machine_.pe.vector_size; ++lane) {
          const auto e = p.contraction.element(machine_.pe.packing, machine_.pe.vector_size, v, lane);
          if (!e.padding) touched.insert(Product::offset(view, l.tile.group, row, e.channel, e.tap));
        }
      }
    }
    touched.erase(-1);
    const std::uint32_t bits =
        l.target == LoadTarget::operand_a ? program_.operand_a_bits : program_.operand_b_bits;
    return (touched.size() * bits + 7) / 8;
  }

  static bool contains(const Slot& slot, const OperandTile& wanted) {
    const OperandTile& t = slot.tile;
    return slot.load > 0 && t.product == wanted.product && t.group == wanted.group &&
           t.first <= wanted.first && wanted.first + wanted.count <= t.first + t.count &&
           t.first_vector <= wanted.first_vector &&
           wanted.first_vector + wanted.vectors <= t.first_vector + t.vectors;
  }

  void compute(const Compute& c, const Dependencies& after) {
    const std::uint32_t ordinal = ++issued(Counter::consumed);
    ++issued(Counter::produced);
    const Product& p = products_.at(c.product);
    const std::int64_t all = p.contraction.vectors(machine_.pe.packing, machine_.pe.vector_size);
    ASSERT_EQ(c.useful_elements,
              static_cast<std::uint64_t>(p.contraction.useful_elements(
                  machine_.pe.packing, machine_.pe.vector_size, c.first_vector, c.vectors)));
    ASSERT_EQ(c.start == SumStart::zero, c.first_vector == 0);
    ASSERT_EQ(c.end == SumEnd::emit, c.first_vector + std::int64_t{c.vectors} == all);
    std::uint64_t elements = 0;
    for (std::uint32_t i = 0; i < pes_.size(); ++i) {
      const ComputeSlice s = slice_of(c, program_.grid, i);
      if (s.empty()) continue;
      Pe& pe = pes_[i];
      ASSERT_TRUE(
          contains(pe.a[c.slot_a], {c.product, s.group, s.first_row, s.rows, c.first_vector, c.vectors}));
      ASSERT_TRUE(contains(pe.b[c.slot_b],
                           {c.product, s.group, s.first_column, s.columns, c.first_vector, c.vectors}));
      ASSERT_GE(after[Counter::loaded], std::max(pe.a[c.slot_a].load, pe.b[c.slot_b].load));
      pe.a[c.slot_a].last_use = pe.b[c.slot_b].last_use = ordinal;
      check_sums(pe, c, s, after, ordinal);
      for (std::uint32_t row = s.first_row; row < s.first_row + s.rows; ++row) {
        for (std::uint32_t column = s.first_column; column < s.first_column + s.columns; ++column) {
          std::uint32_t& done = done_[{c.product, s.group, row, column}];
          ASSERT_EQ(done, c.first_vector) << "vectors out of order";
          done += c.vectors;
        }
      }
      const std::uint64_t out = std::uint64_t{s.rows} * s.columns;
      elements += out;
      if (c.end == SumEnd::spill)
        spilled_[c.output_address + packed_size(s.elements_before, program_.accumulator_bits)] = ordinal;
    }
    if (c.end == SumEnd::emit) {
      for (const Region& r : results_) {
        const bool apart = c.output_address >= r.end ||
                           c.output_address + packed_size(elements, program_.output_bits) <= r.begin;
        ASSERT_TRUE(apart || after[Counter::written_back] >= r.write_back)
            << "overwrites results not yet written back";
      }
    }
  }

  void check_sums(Pe& pe, const Compute& c, const ComputeSlice& s, const Dependencies& after,
                  std::uint32_t ordinal) {
    if (s.rows > machine_.pe.lanes) {
      ASSERT_NE(c.start, SumStart::keep);
      ASSERT_NE(c.end, SumEnd::keep);
    }
    ASSERT_LE(s.columns, machine_.pe.collector_entries);
    if (c.start == SumStart::keep) {
      ASSERT_NE(pe.kept, nullptr);
      ASSERT_EQ(std::tie(pe.kept_slice.group, pe.kept_slice.first_row, pe.kept_slice.first_column),
                std::tie(s.group, s.first_row, s.first_column));
      ASSERT_EQ(pe.kept->product, c.product);
    } else {
      ASSERT_EQ(pe.kept, nullptr) << "kept sums are lost";
    }
    if (c.start == SumStart::restore) {
      ASSERT_GE(after[Counter::loaded], pe.sums[c.slot_a].load);
      ASSERT_GT(pe.sums[c.slot_a].load, pe.sums[c.slot_a].last_use == 0 ? 0U : 1U);
      pe.sums[c.slot_a].last_use = ordinal;
    }
    pe.kept = c.end == SumEnd::keep ? &c : nullptr;
    pe.kept_slice = s;
  }

  void check_outputs() {
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < products_.size(); ++i) {
      const Product& p = products_[i];
      const auto outputs = static_cast<std::uint64_t>(p.groups * p.rows * p.columns);
      bits += outputs * program_.output_bits;
      const auto vectors =
          static_cast<std::uint32_t>(p.contraction.vectors(machine_.pe.packing, machine_.pe.vector_size));
      std::uint64_t complete = 0;
      for (const auto& [where, done] : done_) {
        if (std::get<0>(where) != i) continue;
        ASSERT_EQ(done, vectors);
        ++complete;
      }
      ASSERT_EQ(complete, vectors == 0 ? 0 : outputs);
    }
    ASSERT_GE(written_bytes_ * 8, bits);
    ASSERT_LE(written_bytes_ * 8, bits + 8 * program_.write_backs.size());
  }

  const Program& program_;
  const std::vector<Product>& products_;
  const AcceleratorParameters& machine_;
  std::vector<Pe> pes_;
  std::array<std::uint32_t, kCounterCount> issued_{};
  std::map<std::uint64_t, std::uint64_t> frames_;  // buffer address -> bytes
  std::vector<Region> results_;
  std::map<std::uint64_t, std::uint32_t> spilled_;  // buffer address -> PE command
  std::map<std::tuple<std::uint32_t, std::uint32_t, std::uint32_t, std::uint32_t>, std::uint32_t> done_;
  std::uint64_t written_bytes_ = 0;
};

}  // namespace lnsim
