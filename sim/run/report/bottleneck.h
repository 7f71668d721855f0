// What bounds an operation, and where it stands under the machine's roofs.
//
// Each resource of the machine needs a least number of cycles for the work it was given, at its full rate and
// without ever waiting: its roof. An operation takes at least as long as its highest roof. Where that is half
// of its cycles or more, the resource bounds it by its throughput, and nothing else can make it more than
// twice as fast. Where no resource works half of the time, the operation is bound by latency (start-up,
// drain, waiting for one another, few units at work), and the cause that most of its cycles are charged to
// says whose. The half is our choice.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "models/accelerator.h"

namespace lnsim {

enum class Resource : std::uint8_t {
  compute,        // multiplier slots of all PEs, those holding padding included
  buffer_a,       // read ports of all BufferA
  buffer_b,       // read ports of all BufferB
  vector_unit,    // operations of all vector units
  operand_bus,    // bytes driven
  return_bus,     // bytes driven
  ppu,            // values quantised by all post-processing units
  global_buffer,  // bytes of all banks, reads and writes
  dram,           // bursts of all channels, reads and writes
  weight_update,  // parameters of all weight-update units
  count
};
inline constexpr std::size_t kResourceCount = static_cast<std::size_t>(Resource::count);
inline constexpr std::array<std::string_view, kResourceCount> kResourceNames{
    "compute",    "buffer_a", "buffer_b",      "vector_unit", "operand_bus",
    "return_bus", "ppu",      "global_buffer", "dram",        "weight_update"};

// The roof of each resource in cycles: never above the cycles of the run that counted the events.
using Roofs = std::array<std::uint64_t, kResourceCount>;
Roofs roofs_of(const EventCounts& events, const AcceleratorParameters& machine);

enum class BoundBy : std::uint8_t { throughput, latency };
inline constexpr std::array<std::string_view, 2> kBoundByNames{"throughput", "latency"};

struct Bottleneck {
  BoundBy by = BoundBy::throughput;
  std::string_view of;  // of kResourceNames (throughput) or kCauseNames (latency)

  std::string name() const;  // `dram throughput`, `dram latency`
  // The letter of the resource: a capital for throughput, a small one for latency.
  char mark() const;
  auto operator<=>(const Bottleneck&) const = default;
};

struct Bound {
  Bottleneck bottleneck;
  double share = 0.0;  // of the cycles
};

// The share is that of the highest roof or, for latency, of the cycles charged to the cause. Nothing bounds a
// run without cycles.
std::optional<Bound> bound_of(const RunResult& run, const AcceleratorParameters& machine);

// The cycles of several runs by what bounds each of them.
class BoundCycles {
 public:
  void add(const RunResult& run, const AcceleratorParameters& machine);

  std::uint64_t total() const;
  const std::map<Bottleneck, std::uint64_t>& by_bottleneck() const { return cycles_; }
  // The bottleneck of most cycles, and their share.
  std::optional<Bound> main() const;

 private:
  std::map<Bottleneck, std::uint64_t> cycles_;
};

// A product's point in the roofline diagram, and the roof above it.
struct RooflinePoint {
  double macs_per_dram_byte = 0.0;         // useful MACs per byte read or written, whole bursts
  double macs_per_cycle = 0.0;             // achieved
  double attainable_macs_per_cycle = 0.0;  // the lower one of peak and intensity times DRAM bandwidth
  bool operator==(const RooflinePoint&) const = default;
};

// Runs without products have no point.
std::optional<RooflinePoint> roofline_point(const RunResult& run, const AcceleratorParameters& machine);

std::uint64_t peak_macs_per_cycle(const PeParameters& pe);
// Of whole bursts, over all channels.
double dram_bytes_per_cycle(const DramParameters& dram);

}  // namespace lnsim
