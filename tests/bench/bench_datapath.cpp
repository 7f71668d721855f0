// Bit-accurate multiply-accumulates per second of one PE's beat, for the LNS lanes and for the baselines.
#include <benchmark/benchmark.h>

#include <cmath>
#include <cstddef>
#include <memory>
#include <new>
#include <random>
#include <string>
#include <vector>

#include "models/arith/datapath.h"

namespace lnsim::arith {
namespace {

constexpr unsigned kLanes = 32;
constexpr unsigned kVector = 32;
constexpr unsigned kHeld = 16;  // B vectors that stream past one held A

struct Case {
  const char* name;
  DatapathParameters datapath;
  FormatParameters format;
};

DatapathParameters lns(TruncationPoint point, AccumulatorMode accumulator = AccumulatorMode::narrow) {
  DatapathParameters p;
  p.truncate_at = point;
  p.accumulator = accumulator;
  return p;
}

DatapathParameters hybrid(unsigned table_entries) {
  DatapathParameters p;
  p.table_entries = table_entries;
  return p;
}

DatapathParameters baseline(DatapathKind kind, FloatAccumulation accumulation = FloatAccumulation::per_step) {
  DatapathParameters p;
  p.kind = kind;
  p.float_accumulation = accumulation;
  return p;
}

const std::vector<Case>& cases() {
  static const std::vector<Case> all{
      {"lns8g8/vector", lns(TruncationPoint::vector), {}},
      {"lns8g8/product", lns(TruncationPoint::product), {}},
      {"lns8g8/bin", lns(TruncationPoint::bin), {}},
      {"lns8g8/constant", lns(TruncationPoint::constant), {}},
      {"lns8g8/exact", lns(TruncationPoint::vector, AccumulatorMode::exact), {}},
      {"lns8g8/mitchell", hybrid(1), {}},
      {"lns8g1/vector", hybrid(1), {.gamma = 1}},
      {"lns8g32/vector", hybrid(32), {.gamma = 32}},
      {"lns8g8/channel scales", lns(TruncationPoint::vector), {.granularity = ScaleGranularity::channel}},
      {"int8", baseline(DatapathKind::int8), {.kind = FormatKind::integer}},
      {"fp8_e4m3", baseline(DatapathKind::fp8_e4m3), {.kind = FormatKind::fp8_e4m3}},
      {"fp8_e5m2", baseline(DatapathKind::fp8_e5m2), {.kind = FormatKind::fp8_e5m2}},
      {"bf16", baseline(DatapathKind::bf16), {.kind = FormatKind::bf16}},
      {"bf16/fused", baseline(DatapathKind::bf16, FloatAccumulation::fused), {.kind = FormatKind::bf16}},
      {"bf16/aligned", baseline(DatapathKind::bf16, FloatAccumulation::aligned), {.kind = FormatKind::bf16}},
      {"fp16", baseline(DatapathKind::fp16), {.kind = FormatKind::fp16}},
      {"fp32", baseline(DatapathKind::fp32), {.kind = FormatKind::fp32}},
  };
  return all;
}

struct Bytes {
  explicit Bytes(std::size_t size)
      : data(static_cast<std::byte*>(::operator new (size, std::align_val_t{64}))) {}
  ~Bytes() { ::operator delete (data, std::align_val_t{64}); }
  Bytes(const Bytes&) = delete;
  Bytes& operator=(const Bytes&) = delete;
  std::byte* data;
};

// Codes of normal numbers, a third of them zero, as behind a rectifier.
std::vector<Code> random_codes(const NumberFormat& format, std::size_t count, std::mt19937_64& random) {
  std::normal_distribution<double> normal;
  const Scale scale = format.scale_for(4.0);
  QuantiseCounts counts;
  std::vector<Code> codes;
  for (std::size_t i = 0; i < count; ++i)
    codes.push_back(format.quantise(random() % 3 == 0 ? 0.0 : normal(random), scale, counts));
  return codes;
}

void beat(benchmark::State& state, const Case& c) {
  const auto format = make_format(c.format);
  const auto datapath = make_datapath(c.datapath, *format, *format);
  std::mt19937_64 random(1);
  const Bytes a(kLanes * kVector * datapath->packed_bytes());
  const Bytes b(kHeld * kVector * datapath->packed_bytes());
  const Bytes accumulators(kHeld * kLanes * datapath->accumulator_bytes());
  datapath->pack_a(random_codes(*format, kLanes * kVector, random), 0, a.data);
  datapath->pack_b(random_codes(*format, kHeld * kVector, random), 0, b.data);
  datapath->clear(accumulators.data, kHeld * kLanes);
  DotCounts counts;
  for (auto _ : state) {
    for (unsigned held = 0; held < kHeld; ++held) {
      datapath->beat(a.data, b.data + held * kVector * datapath->packed_bytes(), kVector, kLanes,
                     accumulators.data + held * kLanes * datapath->accumulator_bytes(), counts);
    }
    benchmark::ClobberMemory();
  }
  state.counters["MAC/s"] =
      benchmark::Counter(static_cast<double>(counts.products), benchmark::Counter::kIsRate);
}

const bool kRegistered = [] {
  for (const Case& c : cases())
    benchmark::RegisterBenchmark(("beat/" + std::string(c.name)).c_str(),
                                 [&c](benchmark::State& state) { beat(state, c); });
  return true;
}();

}  // namespace
}  // namespace lnsim::arith
