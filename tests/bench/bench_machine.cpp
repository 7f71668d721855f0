// How fast the whole machine is simulated: simulated cycles and bit-accurate multiply-accumulates per second,
// on the default machine (16 PEs of 32 lanes x 32 elements) running a product whose stationary operand stays
// in the PEs.
#include <benchmark/benchmark.h>

#include <memory>
#include <random>
#include <vector>

#include "models/accelerator.h"
#include "models/arith/datapath.h"

namespace lnsim {
namespace {

constexpr std::uint32_t kGridRows = 4;
constexpr std::uint32_t kGridColumns = 4;
constexpr std::uint32_t kColumns = 16;  // of a PE's tile

struct Shape {
  std::uint32_t rows;     // of a PE's tile
  std::uint32_t vectors;  // of the contraction
  std::uint32_t tiles;    // of the streamed operand, one after the other
};

// A is loaded once; B's tiles are double-buffered.
Program streaming_product(const Shape& shape, const PeParameters& pe) {
  Program program;
  program.grid = {1, kGridRows, kGridColumns};
  std::uint32_t loaded = 0;
  const std::uint64_t vector_bytes = pe.vector_size;
  for (std::uint32_t r = 0; r < kGridRows; ++r) {
    Load load;
    load.target = LoadTarget::operand_a;
    load.pes = {r * kGridColumns, kGridColumns, 1};
    load.bytes = shape.rows * shape.vectors * vector_bytes;
    load.buffer_address = r * load.bytes;
    load.tile = {0, 0, r * shape.rows, shape.rows, 0, shape.vectors};
    program.add(load, {});
  }
  const std::uint32_t all_columns = kColumns * kGridColumns * shape.tiles;
  for (std::uint32_t t = 0; t < shape.tiles; ++t) {
    const std::uint32_t first = t * kColumns * kGridColumns;
    Dependencies freed;
    if (t >= 2) freed.require(Counter::consumed, t - 1);
    for (std::uint32_t c = 0; c < kGridColumns; ++c) {
      Load load;
      load.target = LoadTarget::operand_b;
      load.pes = {c, kGridRows, kGridColumns};
      load.slot = static_cast<std::uint8_t>(t % 2);
      load.bytes = kColumns * shape.vectors * vector_bytes;
      load.buffer_address = (1U << 20U) + c * load.bytes;
      load.tile = {0, 0, first + c * kColumns, kColumns, 0, shape.vectors};
      loaded = program.add(load, freed);
    }
    Compute compute;
    compute.slot_b = static_cast<std::uint8_t>(t % 2);
    compute.groups = {0, 1, 1, 1};
    compute.rows = {0, shape.rows, shape.rows, shape.rows * kGridRows};
    compute.columns = {first, kColumns, kColumns, all_columns};
    compute.vectors = shape.vectors;
    compute.useful_elements = shape.vectors * vector_bytes;
    compute.output_address = 3U << 19U;
    Dependencies ready;
    ready.require(Counter::loaded, loaded);
    program.add(compute, ready);
  }
  return program;
}

// Every tile holds the same random operands.
class RandomTiles final : public TileData {
 public:
  RandomTiles(const AcceleratorParameters& machine)
      : machine_(machine),
        a_(arith::make_format(machine.formats.weight)),
        b_(arith::make_format(machine.formats.activation)),
        datapath_(arith::make_datapath(machine.datapath, *a_, *b_)) {
    std::mt19937_64 random(1);
    codes_.resize(std::size_t{1} << 20U);
    for (auto& code : codes_) code = static_cast<arith::Code>(random() & ((1U << a_->storage_bits()) - 1));
  }

  const arith::Datapath& datapath() const override { return *datapath_; }
  void read_operand(LoadTarget target, const OperandTile& tile, std::byte* packed) override {
    const std::size_t elements = std::size_t{tile.count} * tile.vectors * machine_.pe.vector_size;
    const std::span<const arith::Code> codes(codes_.data(), elements);
    if (target == LoadTarget::operand_a) {
      datapath_->pack_a(codes, 0, packed);
    } else {
      datapath_->pack_b(codes, 0, packed);
    }
  }
  void spill(const ResultColumn&, const std::byte*) override {}
  void restore(const ResultColumn&, std::byte*) override {}
  void emit(const ResultColumn&, const std::byte*) override {}
  void update(const Update&) override {}

 private:
  AcceleratorParameters machine_;
  std::unique_ptr<const arith::NumberFormat> a_;
  std::unique_ptr<const arith::NumberFormat> b_;
  std::unique_ptr<const arith::Datapath> datapath_;
  std::vector<arith::Code> codes_;
};

void run(benchmark::State& state, const Shape& shape, bool with_values) {
  const AcceleratorParameters machine;
  const Program program = streaming_product(shape, machine.pe);
  std::unique_ptr<RandomTiles> tiles;
  if (with_values) tiles = std::make_unique<RandomTiles>(machine);
  Accelerator accelerator(machine);
  double cycles = 0;
  double macs = 0;
  for (auto _ : state) {
    const RunResult result = accelerator.run(program, tiles.get());
    cycles += static_cast<double>(result.cycles);
    macs += static_cast<double>(result.events[Event::datapath_mac]);
  }
  state.counters["MAC/s"] = benchmark::Counter(macs, benchmark::Counter::kIsRate);
  state.counters["cycles/s"] = benchmark::Counter(cycles, benchmark::Counter::kIsRate);
  state.counters["PE-cycles/s"] = benchmark::Counter(cycles * machine.pe.count, benchmark::Counter::kIsRate);
}

// Many passes per output, and the shortest contraction: every beat sends a column.
constexpr Shape kDeep{256, 8, 32};
constexpr Shape kShallow{256, 1, 64};

void shapes_deep(benchmark::State& state) {
  run(state, kDeep, false);
}
void shapes_shallow(benchmark::State& state) {
  run(state, kShallow, false);
}
void values_deep(benchmark::State& state) {
  run(state, kDeep, true);
}
void values_shallow(benchmark::State& state) {
  run(state, kShallow, true);
}

BENCHMARK(shapes_deep)->Unit(benchmark::kMillisecond);
BENCHMARK(shapes_shallow)->Unit(benchmark::kMillisecond);
BENCHMARK(values_deep)->Unit(benchmark::kMillisecond);
BENCHMARK(values_shallow)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace lnsim
