#include "sim/run/compile/product_program.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "models/compute/slice.h"
#include "sim/run/compile/page_cache.h"
#include "sim/run/compile/planned_loads.h"
#include "sim/run/compile/whole_units.h"

namespace lnsim {
namespace {

constexpr std::uint64_t kLargestPage = 16384;
constexpr std::uint64_t kSmallestResults = 4096;

// One operand's tensor in DRAM.
struct OperandPages {
  Pages pages;
  std::uint64_t dram_base = 0;
  std::uint32_t first_page = 0;  // among the pages of both operands
};

class Builder {
 public:
  Builder(std::vector<ProductShape>& shapes, const std::vector<Tiling>& tilings,
          const AcceleratorParameters& machine, const KindBits& bits)
      : shapes_(shapes), machine_(machine), bits_(bits), plan_(plan_products(shapes, tilings, machine)) {
    program_.grid = plan_.grid;
    program_.operand_a_bits = shapes.front().a_bits();
    program_.operand_b_bits = shapes.front().b_bits();
    program_.output_bits = shapes.front().output_bits();
    program_.accumulator_bits = shapes.front().accumulator_bits();
    const std::uint64_t burst = machine.dram.burst_bytes;
    b_dram_ = round_up(stored_bytes(shapes.front().a_tensor(), shapes.front().product().a.kind), burst);
    results_dram_ =
        b_dram_ + round_up(stored_bytes(shapes.front().b_tensor(), shapes.front().product().b.kind), burst);
  }

  Program build() {
    divide_buffer();
    for (const ProductShape& shape : shapes_) {
      if (shape.vectors() == 0) write_zeros(shape);
    }
    if (!plan_.computes.empty()) issue_all();
    return std::move(program_);
  }

 private:
  std::uint64_t stored_bytes(const StoredTensor& tensor, TensorKind kind) const {
    return packed_size(static_cast<std::uint64_t>(tensor.elements()), bits_.in_dram(kind));
  }

  void divide_buffer() {
    capacity_ = std::uint64_t{machine_.global_buffer.capacity_kib} * 1024;
    const std::uint64_t word = machine_.global_buffer.bank_bytes;
    const std::uint64_t least = std::min(kSmallestResults, capacity_ / 8);  // zeros need a page, too
    result_slot_ = round_up(std::max(plan_.output_bytes, least), word);
    const std::uint64_t slots = std::clamp<std::uint64_t>(capacity_ / 8 / result_slot_, 1, 64);
    result_free_.assign(slots, 0);
    sums_base_ = slots * result_slot_;
    frames_base_ = round_up(sums_base_ + plan_.sums_bytes, word);
    if (frames_base_ >= capacity_) {
      throw TilesDoNotFit(fmt::format("results and sums take {} bytes of {}", frames_base_, capacity_));
    }
  }

  OperandPages operand_pages(LoadTarget target, std::uint64_t dram_base, std::uint32_t first_page) {
    const bool a = target == LoadTarget::operand_a;
    const ProductShape& shape = shapes_.front();
    const TensorKind kind = a ? shape.product().a.kind : shape.product().b.kind;
    const std::uint64_t target_bytes =
        std::clamp<std::uint64_t>((capacity_ - frames_base_) / 96, 1, kLargestPage);
    return {Pages(a ? shape.a_tensor() : shape.b_tensor(), typical_extents(target), bits_.in_dram(kind),
                  bits_[kind], machine_.dram.burst_bytes, target_bytes),
            dram_base, first_page};
  }

  // Along each axis, the least of what the largest tiles of the products touch: all of them are whole pages
  // then, or nearly.
  std::array<std::int64_t, 3> typical_extents(LoadTarget target) const {
    std::vector<const PlannedLoad*> largest(shapes_.size(), nullptr);
    for (const PlannedLoad& planned : plan_.loads) {
      if (planned.load.target != target || planned.boxes.empty()) continue;
      const PlannedLoad*& most = largest[planned.load.tile.product];
      if (most == nullptr || most->load.bytes < planned.load.bytes) most = &planned;
    }
    std::array<std::int64_t, 3> extents{INT64_MAX, INT64_MAX, INT64_MAX};
    for (const PlannedLoad* planned : largest) {
      if (planned == nullptr) continue;
      for (unsigned i = 0; i < 3; ++i) extents[i] = std::min(extents[i], planned->boxes.front()[i].count());
    }
    return extents;
  }

  void issue_all() {
    operands_.push_back(operand_pages(LoadTarget::operand_a, 0, 0));
    operands_.push_back(operand_pages(LoadTarget::operand_b, b_dram_, operands_[0].pages.count()));
    frame_bytes_ = round_up(std::max(operands_[0].pages.largest_bytes(), operands_[1].pages.largest_bytes()),
                            machine_.global_buffer.bank_bytes);
    const std::uint64_t frames = (capacity_ - frames_base_) / frame_bytes_;
    const std::uint32_t pages = operands_[1].first_page + operands_[1].pages.count();
    cache_.emplace(pages, static_cast<std::uint32_t>(std::min<std::uint64_t>(frames, pages)),
                   pages_of_loads());
    fetched_.resize(pages);
    std::uint32_t load = 0, compute = 0;
    for (const bool is_compute : plan_.order) {
      if (is_compute) {
        issue_compute(plan_.computes[compute++]);
      } else {
        issue_load(load++);
      }
    }
  }

  std::vector<std::vector<std::uint32_t>> pages_of_loads() const {
    std::vector<std::vector<std::uint32_t>> pages;
    pages.reserve(plan_.loads.size());
    for (const PlannedLoad& planned : plan_.loads) {
      pages.emplace_back();
      if (planned.load.target == LoadTarget::partial_sums) continue;
      const OperandPages& operand = operands_[planned.load.target == LoadTarget::operand_a ? 0 : 1];
      pages.back() = operand.pages.touched(planned.boxes);
      for (std::uint32_t& page : pages.back()) page += operand.first_page;
    }
    return pages;
  }

  void issue_fetch(const PageCache::Fetch& planned) {
    const OperandPages& operand = operands_[planned.page < operands_[1].first_page ? 0 : 1];
    const std::uint32_t page = planned.page - operand.first_page;
    const PageSize size = operand.pages.size(page);
    Dependencies after;
    after.require(Counter::loaded, planned.after_load);
    fetched_[planned.page] =
        program_.add(lnsim::Fetch{operand.dram_base + operand.pages.dram_offset(page), size.dram_bytes,
                                  frame_address(planned.frame), size.buffer_bytes},
                     after);
  }

  std::uint64_t frame_address(std::uint32_t frame) const { return frames_base_ + frame * frame_bytes_; }

  // Fetches what the load needs, then what later loads need, as far as the queue has room and pages may go.
  void fetch_for(std::uint32_t load) {
    while (cache_->next_load() <= load) {
      const std::uint32_t before = cache_->next_load();
      if (const auto fetch = cache_->fetch_for_next(load)) {
        issue_fetch(*fetch);
      } else if (cache_->next_load() == before) {
        throw TilesDoNotFit("the pages behind a tile do not fit the global buffer");
      }
    }
    const std::uint32_t most_ahead = std::max<std::uint32_t>(1, machine_.control.queue_depth * 3 / 4);
    while (ahead_of(load) < most_ahead) {
      const std::uint32_t before = cache_->next_load();
      if (const auto fetch = cache_->fetch_for_next(load)) {
        issue_fetch(*fetch);
        ahead_.push_back(before);
      } else if (cache_->next_load() == before) {
        return;
      }
    }
  }

  // Fetches issued for loads after this one.
  std::uint32_t ahead_of(std::uint32_t load) {
    while (first_ahead_ < ahead_.size() && ahead_[first_ahead_] <= load) ++first_ahead_;
    return static_cast<std::uint32_t>(ahead_.size() - first_ahead_);
  }

  void issue_load(std::uint32_t index) {
    fetch_for(index);
    const PlannedLoad& planned = plan_.loads[index];
    Load load = planned.load;
    Dependencies after;
    after.require(Counter::consumed, pe_value(planned.waits_for_use));
    if (load.target == LoadTarget::partial_sums) {
      after.require(Counter::produced, pe_value(planned.spilled_by));
      load.buffer_address += sums_base_;
    } else {
      load.buffer_address = frames_base_;
      const auto pages = cache_->pages_of(index);
      if (!pages.empty()) load.buffer_address = frame_address(cache_->frame_of(pages.front()));
      load.buffer_address = std::min(load.buffer_address, capacity_ - std::min(capacity_, load.bytes));
      for (const std::uint32_t page : pages) after.require(Counter::fetched, fetched_[page]);
    }
    program_.add(load, after);
  }

  // Progress value of a number of compute commands; zeros are made before all of them.
  std::uint32_t pe_value(std::uint32_t computes) const {
    return computes == 0 ? 0 : computes + static_cast<std::uint32_t>(program_.vector_works.size());
  }

  void issue_compute(const PlannedCompute& planned) {
    Compute compute = planned.compute;
    Dependencies after;
    after.require(Counter::loaded, planned.after_load);
    if (compute.end == SumEnd::spill) compute.output_address += sums_base_;
    if (compute.end != SumEnd::emit) {
      program_.add(compute, after);
      return;
    }
    const std::size_t slot = next_result_++ % result_free_.size();
    compute.output_address = slot * result_slot_;
    after.require(Counter::written_back, result_free_[slot]);
    const std::uint32_t produced = program_.add(compute, after);
    write_back(slot, packed_size(planned.output_elements, program_.output_bits), produced);
  }

  void write_back(std::size_t slot, std::uint64_t bytes, std::uint32_t produced) {
    Dependencies after;
    after.require(Counter::produced, produced);
    result_free_[slot] = program_.add(WriteBack{results_dram_, bytes, slot * result_slot_}, after);
    results_dram_ += bytes;
  }

  // The PEs make one page of zeros; it is written as often as it takes.
  void write_zeros(const ProductShape& shape) {
    const Product& p = shape.product();
    std::uint64_t left =
        packed_size(static_cast<std::uint64_t>(p.groups * p.rows * p.columns), program_.output_bits);
    const std::uint64_t page = std::min(left, result_slot_);
    if (program_.vector_works.empty() || zeros_bytes_ < page) {
      VectorWork zeros;
      zeros.pes = machine_.pe.count;
      zeros.elements = page * 8 / program_.output_bits;
      zeros.output_bytes = page;
      Dependencies after;
      after.require(Counter::written_back, result_free_[0]);
      zeros_produced_ = program_.add(zeros, after);
      zeros_bytes_ = page;
    }
    for (std::uint64_t bytes = 0; left > 0; left -= bytes) {
      bytes = std::min(left, page);
      write_back(0, bytes, zeros_produced_);
    }
  }

  std::vector<ProductShape>& shapes_;
  const AcceleratorParameters& machine_;
  const KindBits& bits_;
  ProductPlan plan_;
  Program program_;

  std::uint64_t capacity_ = 0;
  std::uint64_t result_slot_ = 0;  // bytes of one
  std::uint64_t sums_base_ = 0, frames_base_ = 0, frame_bytes_ = 0;
  std::vector<OperandPages> operands_;
  std::optional<PageCache> cache_;
  std::vector<std::uint32_t> fetched_;  // by page: value of the counter
  std::vector<std::uint32_t> ahead_;    // loads that fetches were issued early for
  std::size_t first_ahead_ = 0;
  std::vector<std::uint32_t> result_free_;  // by slot: write-backs up to here empty it
  std::size_t next_result_ = 0;
  std::uint64_t b_dram_ = 0;        // where operand B and the results stand in DRAM; A stands at 0
  std::uint64_t results_dram_ = 0;  // the next ones
  std::uint32_t zeros_produced_ = 0;
  std::uint64_t zeros_bytes_ = 0;
};

}  // namespace

Program product_program(std::vector<ProductShape>& shapes, const std::vector<Tiling>& tilings,
                        const AcceleratorParameters& machine, const KindBits& bits) {
  return Builder(shapes, tilings, machine, bits).build();
}

}  // namespace lnsim
