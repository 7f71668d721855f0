#include "tests/lockstep/recorded.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <set>

#include "sim/run/trace/trace.h"

namespace lnsim::lockstep {
namespace {

constexpr std::size_t kCodes = 30'000;
constexpr std::size_t kCodesOfTensor = 3'000;

// The values of the operands, tensor by tensor.
std::vector<std::vector<double>> read_operands(bool second) {
  const Trace trace = read_trace(std::filesystem::path(LNSIM_SOURCE_DIR) / "traces/digits-cnn.jsonl");
  const TensorStore store(trace);
  std::vector<std::vector<double>> tensors;
  std::set<std::string> taken;
  for (const TraceOperation& operation : trace.operations) {
    const std::string& key = second ? operation.b : operation.a;
    if (key.empty() || !taken.insert(key).second) continue;
    tensors.push_back(store.read(key).values);
  }
  return tensors;
}

}  // namespace

std::vector<arith::Code> recorded_codes(const arith::NumberFormat& format, bool second) {
  static const std::vector<std::vector<double>> kFirst = read_operands(false), kSecond = read_operands(true);
  std::vector<arith::Code> codes;
  arith::QuantiseCounts counts;
  for (const std::vector<double>& tensor : second ? kSecond : kFirst) {
    double largest = 0;
    for (const double x : tensor) largest = std::max(largest, std::abs(x));
    const arith::Scale scale = format.scale_for(largest);
    for (std::size_t i = 0; i < std::min(tensor.size(), kCodesOfTensor); ++i)
      codes.push_back(format.quantise(tensor[i], scale, counts));
    if (codes.size() >= kCodes) break;
  }
  return codes;
}

}  // namespace lnsim::lockstep
