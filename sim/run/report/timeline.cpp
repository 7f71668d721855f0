#include "sim/run/report/timeline.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>

#include "sim/run/report/bottleneck.h"
#include "sim/run/report/coalesce.h"
#include "sim/run/report/provenance.h"

namespace lnsim {
namespace {

using Json = nlohmann::ordered_json;
using Units = std::vector<std::vector<ActivityLog::Piece>>;  // as in ActivityLog
using Counts = std::array<std::uint64_t, kTrafficEvents.size()>;

constexpr int kOperationsTrack = 1;  // the units follow

// Each log once, coalesced.
std::map<const ActivityLog*, Units> coalesced_logs(const IterationResult& result, Cycle resolution) {
  std::map<const ActivityLog*, Units> logs;
  for (const OperationResult& operation : result.operations) {
    const auto [found, is_new] = logs.try_emplace(operation.log.get());
    if (!is_new) continue;
    for (const auto& pieces : operation.log->units) found->second.push_back(coalesced(pieces, resolution));
  }
  return logs;
}

std::size_t slices(const IterationResult& result, Cycle resolution) {
  const auto logs = coalesced_logs(result, resolution);
  std::size_t count = 0;
  for (const OperationResult& operation : result.operations) {
    for (const auto& pieces : logs.at(operation.log.get())) count += pieces.size();
  }
  return count;
}

class Writer {
 public:
  explicit Writer(Cycle resolution) : resolution_(resolution) {}

  void head(const IterationResult& result, const AcceleratorParameters& machine) {
    Json other;
    other["program"] = "lnsim " + version() + " (" + commit() + ")";
    other["machine"] = machine.name;
    other["time_unit"] = "1 cycle, shown as 1 us";
    other["resolution_cycles"] = resolution_;
    other["slices"] =
        "a cause of the report, or `wait` and the progress counter that the unit's next command waits for";
    text_ = fmt::format("{{\"displayTimeUnit\":\"ms\",\"otherData\":{},\"traceEvents\":[\n", other.dump());
    text_ += fmt::format(R"({{"ph":"M","pid":1,"name":"process_name","args":{{"name":{}}}}})",
                         Json("lnsim " + machine.name).dump());
    track(kOperationsTrack, "operations");
    for (std::size_t i = 0; i < result.logged_units.size(); ++i)
      track(kOperationsTrack + 1 + static_cast<int>(i), result.logged_units[i]);
  }

  void operation(const OperationResult& operation, const AcceleratorParameters& machine, Cycle start) {
    Json args;
    args["operator"] = operation.op;
    args["cycles"] = operation.run.cycles;
    args["pes"] = operation.pes;
    if (operation.parts > 1) {
      args["parts"] = operation.parts;
      args["units"] = "the first part only";
    }
    if (const auto bound = bound_of(operation.run, machine)) {
      args["bottleneck"] = bound->bottleneck.name();
      args["bottleneck_share"] = bound->share;
    }
    if (const auto point = roofline_point(operation.run, machine)) {
      args["macs"] = operation.macs;
      args["macs_per_cycle"] = point->macs_per_cycle;
      args["attainable_macs_per_cycle"] = point->attainable_macs_per_cycle;
      args["macs_per_dram_byte"] = point->macs_per_dram_byte;
    }
    const std::string name =
        fmt::format("{} {}", operation.layer, kPassNames[static_cast<std::size_t>(operation.pass)]);
    fmt::format_to(out(), R"({}{{"ph":"X","pid":1,"tid":{},"ts":{},"dur":{},"name":{},"args":{}}})", kNext,
                   kOperationsTrack, start, operation.run.cycles, Json(name).dump(), args.dump());
  }

  void units(const Units& units, Cycle start) {
    for (std::size_t i = 0; i < units.size(); ++i) {
      for (const ActivityLog::Piece& piece : units[i]) {
        fmt::format_to(out(), R"({}{{"ph":"X","pid":1,"tid":{},"ts":{},"dur":{},"name":"{}"}})", kNext,
                       kOperationsTrack + 1 + i, start + piece.begin, piece.end - piece.begin,
                       unit_doing_name(piece.doing));
      }
    }
  }

  // Mean rates over windows of the resolution, and of kTrafficWindow at least.
  void traffic(const ActivityLog& log, Cycle start) {
    const std::size_t merged = static_cast<std::size_t>(ceil_div(resolution_, kTrafficWindow));
    for (std::size_t first = 0; first < log.traffic.size(); first += merged) {
      Counts sums{};
      for (std::size_t i = first; i < std::min(first + merged, log.traffic.size()); ++i) {
        for (std::size_t k = 0; k < sums.size(); ++k) sums[k] += log.traffic[i][k];
      }
      const Cycle begin = first * kTrafficWindow;
      rates(sums, start + begin, std::min(log.cycles - begin, merged * kTrafficWindow));
    }
    rates(Counts{}, start + log.cycles, 1);
  }

  std::string finish() {
    text_ += "\n]}\n";
    return std::move(text_);
  }

 private:
  static constexpr std::string_view kNext = ",\n";

  std::back_insert_iterator<std::string> out() { return std::back_inserter(text_); }

  void track(int id, const std::string& name) {
    fmt::format_to(out(), R"({}{{"ph":"M","pid":1,"tid":{},"name":"thread_name","args":{{"name":{}}}}})",
                   kNext, id, Json(name).dump());
    fmt::format_to(out(),
                   R"({}{{"ph":"M","pid":1,"tid":{},"name":"thread_sort_index","args":{{"sort_index":{}}}}})",
                   kNext, id, id);
  }

  // In the order of kTrafficEvents. A counter that does not change is not repeated.
  void rates(const Counts& bytes, Cycle at, Cycle cycles) {
    const auto rate = [&](std::size_t i) {
      return static_cast<double>(bytes[i]) / static_cast<double>(cycles);
    };
    counter(0, "dram B/cycle", fmt::format(R"("read":{:.4g},"write":{:.4g})", rate(0), rate(1)), at);
    counter(1, "operand_bus B/cycle", fmt::format(R"("bytes":{:.4g})", rate(2)), at);
    counter(2, "return_bus B/cycle", fmt::format(R"("bytes":{:.4g})", rate(3)), at);
  }
  void counter(std::size_t index, std::string_view name, std::string values, Cycle at) {
    if (values == shown_[index]) return;
    fmt::format_to(out(), R"({}{{"ph":"C","pid":1,"ts":{},"name":"{}","args":{{{}}}}})", kNext, at, name,
                   values);
    shown_[index] = std::move(values);
  }

  Cycle resolution_;
  std::string text_;
  std::array<std::string, 3> shown_;
};

}  // namespace

Cycle timeline_resolution(const IterationResult& result) {
  Cycle resolution = 1;
  while (resolution < result.run.cycles && slices(result, resolution) > kMostSlices) resolution *= 2;
  return resolution;
}

std::string timeline_json(const IterationResult& result, const AcceleratorParameters& machine,
                          Cycle resolution) {
  const auto logs = coalesced_logs(result, resolution);
  Writer writer(resolution);
  writer.head(result, machine);
  Cycle start = 0;
  for (const OperationResult& operation : result.operations) {
    writer.operation(operation, machine, start);
    writer.units(logs.at(operation.log.get()), start);
    writer.traffic(*operation.log, start);
    start += operation.run.cycles;
  }
  return writer.finish();
}

}  // namespace lnsim
