#include "sim/run/compile/vector_program.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "models/compute/slice.h"
#include "sim/run/compile/whole_units.h"

namespace lnsim {
namespace {

constexpr std::uint64_t kLeastShare = 256;  // bytes of a chunk per PE

// A tensor the sweeps read or write, and where it stands in DRAM.
struct Stream {
  TensorUse use;
  std::uint64_t dram_base = 0;
};

class Builder {
 public:
  Builder(const VectorOperator& op, std::uint64_t elements, const AcceleratorParameters& machine,
          const KindBits& bits)
      : op_(op), elements_(elements), machine_(machine), bits_(bits) {
    std::uint64_t base = 0;
    const auto place = [&](const TensorUse& use) {
      const Stream stream{use, base};
      base = round_up(base + packed_size(elements / use.divisor + 1, bits.in_dram(use.kind)),
                      std::uint64_t{machine.dram.burst_bytes} * machine.dram.channels);
      return stream;
    };
    for (const TensorUse& use : op.sweeps.front().reads) reads_.push_back(place(use));
    for (const TensorUse& use : op.sweeps.back().writes) writes_.push_back(place(use));
  }

  Program build() {
    divide();
    const std::uint64_t items = chunks_ * op_.sweeps.size();
    ahead_ = std::min<std::uint64_t>(slots_.size() - 1, machine_.control.queue_depth / 4);
    for (std::uint64_t i = 0; i < std::min(ahead_, items); ++i) fetch(i);
    for (std::uint64_t i = 0; i <= items; ++i) {
      // The work first: the fetch may wait for it, and a command can only wait for what was issued before it.
      if (i > 0) work(i - 1);
      if (i + ahead_ < items) fetch(i + ahead_);
      if (i < items) load(i);
    }
    return std::move(program_);
  }

 private:
  struct Slot {
    std::uint64_t address = 0;
    std::uint32_t fetched = 0, loaded = 0, written_back = 0;
  };

  // Bytes of the chunk that starts at element `first` in one stream.
  struct Piece {
    std::uint64_t first = 0;
    std::uint64_t count = 0;
  };
  Piece piece(const Stream& stream, std::uint64_t chunk) const {
    const std::uint64_t begin = chunk * chunk_ / stream.use.divisor;
    const std::uint64_t end = std::min((chunk + 1) * chunk_, elements_) / stream.use.divisor;
    // Less than one of its elements in all: one.
    if (chunk + 1 == chunks_ && elements_ < stream.use.divisor) return {0, 1};
    return {begin, end - begin};
  }
  std::uint64_t buffer_bytes(const std::vector<Stream>& streams, std::uint64_t chunk) const {
    std::uint64_t bytes = 0;
    for (const Stream& s : streams) bytes += packed_size(piece(s, chunk).count, bits_[s.use.kind]);
    return bytes;
  }
  std::uint64_t bits_per_element(const std::vector<Stream>& streams) const {
    std::uint64_t bits = 0;
    for (const Stream& s : streams) bits += bits_[s.use.kind];
    return bits;
  }

  // Chunks that fill the PEs' slots, in an eighth of the global buffer at most.
  void divide() {
    const std::uint64_t capacity = std::uint64_t{machine_.global_buffer.capacity_kib} * 1024;
    const std::uint64_t in = std::max<std::uint64_t>(1, bits_per_element(reads_));
    const std::uint64_t both = in + bits_per_element(writes_);
    // A PE's even share may be a byte more than the average; a stream may end in a part of a byte.
    const std::uint64_t pes = machine_.pe.count;
    // Sixteen chunks or more overlap well, if they are worth a command.
    const std::uint64_t pes_share = elements_ * in / 8 / 16 / pes;
    const std::uint64_t half = machine_.pe.buffer_b.capacity_bytes / 2 - 1;
    const std::uint64_t share = std::min(half, std::max(pes_share, kLeastShare));
    const std::uint64_t in_pes =
        (share * pes - std::min<std::uint64_t>(share * pes - 1, reads_.size())) * 8 / in;
    const std::uint64_t in_buffer = capacity / 8 * 8 / both;
    chunk_ = std::max<std::uint64_t>(1, std::min({in_pes, in_buffer, elements_}));
    // Even shares that fill whole packets of the return bus.
    const std::uint64_t packets = pes * machine_.bus.return_bytes_per_cycle;
    if (chunk_ > packets) chunk_ -= chunk_ % packets;
    chunks_ = (elements_ + chunk_ - 1) / chunk_;
    // Large chunks begin with the first bank.
    const std::uint64_t word = machine_.global_buffer.bank_bytes;
    const std::uint64_t line = word * machine_.global_buffer.banks;
    const auto aligned = [&](std::uint64_t bytes) { return round_up(bytes, bytes > line ? line : word); };
    in_bytes_ = aligned(packed_size(chunk_, in) + reads_.size());
    const std::uint64_t slot_bytes = in_bytes_ + aligned(packed_size(chunk_, both - in + 1) + writes_.size());
    const std::uint64_t slots = std::clamp<std::uint64_t>(capacity / slot_bytes, 2, chunks_ + 1);
    slots_.resize(slots);
    for (std::uint64_t i = 0; i < slots; ++i) slots_[i].address = i * slot_bytes;
    stays_ = slots >= chunks_;
  }

  std::uint64_t chunk_of(std::uint64_t item) const { return item % chunks_; }
  const VectorSweep& sweep_of(std::uint64_t item) const { return op_.sweeps[item / chunks_]; }
  // What stays in the buffer keeps its slot from sweep to sweep.
  Slot& slot_of(std::uint64_t item) { return slots_[(stays_ ? chunk_of(item) : item) % slots_.size()]; }

  void fetch(std::uint64_t item) {
    if (stays_ && item >= chunks_) return;
    Slot& slot = slot_of(item);
    Dependencies after;
    after.require(Counter::loaded, slot.loaded);
    // No further ahead of the work than the machine can use: the share of reads and writes in the traffic
    // settles.
    if (item > ahead_) after.require(Counter::consumed, static_cast<std::uint32_t>(item - ahead_));
    std::uint64_t address = slot.address;
    for (const Stream& s : reads_) {
      const Piece p = piece(s, chunk_of(item));
      if (p.count == 0) continue;
      const std::uint32_t dram_bits = bits_.in_dram(s.use.kind);
      const std::uint64_t bytes = packed_size(p.count, bits_[s.use.kind]);
      slot.fetched = program_.add(
          Fetch{s.dram_base + p.first * dram_bits / 8, packed_size(p.count, dram_bits), address, bytes},
          after);
      address += bytes;
    }
  }

  void load(std::uint64_t item) {
    const std::uint64_t bytes = buffer_bytes(reads_, chunk_of(item));
    if (bytes == 0) return;
    Slot& slot = slot_of(item);
    Dependencies after;
    after.require(Counter::fetched, slot.fetched);
    if (item >= 2) after.require(Counter::consumed, static_cast<std::uint32_t>(item - 1));
    Load load;
    load.target = LoadTarget::vector;
    load.pes = {0, machine_.pe.count, 1};
    load.slot = static_cast<std::uint8_t>(item % 2);
    load.bytes = bytes;
    load.buffer_address = slot.address;
    slot.loaded = program_.add(load, after);
  }

  void work(std::uint64_t item) {
    const std::uint64_t chunk = chunk_of(item);
    Slot& slot = slot_of(item);
    VectorWork work;
    work.slot_b = static_cast<std::uint8_t>(item % 2);
    work.pes = machine_.pe.count;
    work.elements = std::min(chunk_, elements_ - chunk * chunk_);
    work.operations_per_element = sweep_of(item).operations;
    work.input_bytes = buffer_bytes(reads_, chunk);
    work.output_bytes = sweep_of(item).writes.empty() ? 0 : buffer_bytes(writes_, chunk);
    work.output_address = slot.address + in_bytes_;
    Dependencies after;
    if (work.input_bytes > 0) after.require(Counter::loaded, slot.loaded);
    after.require(Counter::written_back, slot.written_back);
    const std::uint32_t produced = program_.add(work, after);
    if (work.output_bytes > 0) write_back(slot, chunk, produced);
  }

  void write_back(Slot& slot, std::uint64_t chunk, std::uint32_t produced) {
    Dependencies after;
    after.require(Counter::produced, produced);
    std::uint64_t address = slot.address + in_bytes_;
    for (const Stream& s : writes_) {
      const Piece p = piece(s, chunk);
      if (p.count == 0) continue;
      const std::uint64_t bytes = packed_size(p.count, bits_[s.use.kind]);
      slot.written_back =
          program_.add(WriteBack{s.dram_base + p.first * bits_[s.use.kind] / 8, bytes, address}, after);
      address += bytes;
    }
  }

  const VectorOperator& op_;
  std::uint64_t elements_;
  const AcceleratorParameters& machine_;
  const KindBits& bits_;
  std::vector<Stream> reads_, writes_;
  std::uint64_t ahead_ = 0;  // chunks that are fetched before the work on one
  std::uint64_t chunk_ = 1;  // elements
  std::uint64_t chunks_ = 1;
  std::uint64_t in_bytes_ = 0;
  bool stays_ = false;  // all chunks have a slot
  std::vector<Slot> slots_;
  Program program_;
};

}  // namespace

Program vector_program(const VectorOperator& op, std::uint64_t elements, const AcceleratorParameters& machine,
                       const KindBits& bits) {
  return Builder(op, elements, machine, bits).build();
}

}  // namespace lnsim
