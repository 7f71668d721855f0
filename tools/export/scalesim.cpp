#include "tools/export/scalesim.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "sim/base/errors.h"
#include "sim/run/trace/trace_formulas.h"
#include "tools/export/layer_names.h"

namespace lnsim {

namespace {

constexpr std::string_view kHeader =
    "Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter Width, Channels, Num Filter, Strides,\n";
// SCALE-Sim runs the channels of such a layer one by one.
constexpr std::string_view kChannelsApart = "DP";
constexpr std::array<std::pair<Pass, std::string_view>, 3> kFiles{
    {{Pass::forward, "_fwd.csv"},
     {Pass::input_gradient, "_input_grad.csv"},
     {Pass::weight_gradient, "_weight_grad.csv"}}};

// The product of a line in the form in which it costs what the forward pass costs.
GemmDims product_of(const TraceOperation& op) {
  GemmDims gemm = *op.gemm;
  if (op.conv) {
    gemm = conv_gemm(*op.conv, Pass::forward);
    if (op.pass == Pass::input_gradient) std::swap(gemm.n, gemm.k);
    if (op.pass == Pass::weight_gradient) gemm = {gemm.batch, gemm.k, gemm.n, gemm.m};
  } else if (op.pass == Pass::weight_gradient && op.weights) {
    std::swap(gemm.m, gemm.n);
  }
  return gemm;
}

bool is_plain(const ConvDims& d) {
  const bool whole = d.groups == 1 || (d.groups == d.c && d.k % d.c == 0);
  return d.n == 1 && whole && d.stride[0] == d.stride[1] && d.dilation == std::array<std::int64_t, 2>{1, 1};
}

std::string row(const std::string& name, bool apart, std::array<std::int64_t, 7> values) {
  return fmt::format("{}{}, {},\n", name, apart ? fmt::format("_{}", kChannelsApart) : "",
                     fmt::join(values, ", "));
}

std::string row_of(const TraceOperation& op, const std::string& name) {
  if (op.pass == Pass::forward && op.conv && is_plain(*op.conv)) {
    const ConvDims& d = *op.conv;
    const std::int64_t stride = d.stride[0];
    return row(name, d.groups > 1,
               {d.r + (d.p - 1) * stride, d.s + (d.q - 1) * stride, d.r, d.s, d.c, d.k / d.groups, stride});
  }
  const GemmDims gemm = product_of(op);
  return row(name, gemm.batch > 1, {gemm.m, gemm.k, 1, gemm.k, gemm.batch, gemm.n, 1});
}

}  // namespace

ScaleSimExport export_scalesim(const Trace& trace) {
  ScaleSimExport result;
  // A name with the mark would be depthwise.
  LayerNames names({{",", "_"}, {std::string(kChannelsApart), "Dp"}});
  for (const auto& [pass, ending] : kFiles) {
    std::vector<std::string> rows;
    ScaleSimTopology file;
    file.ending = ending;
    for (const TraceOperation& op : trace.operations) {
      if (!op.gemm || op.pass != pass) continue;
      rows.push_back(row_of(op, names.name_of(op.layer)));
      file.macs += op.macs;
    }
    if (rows.empty()) continue;
    file.rows = rows.size();
    file.text = kHeader;
    // Gradients are traced from the last layer to the first; every file begins with the first.
    if (pass != Pass::forward) std::reverse(rows.begin(), rows.end());
    for (const std::string& text : rows) file.text += text;
    result.files.push_back(std::move(file));
  }
  for (const TraceOperation& op : trace.operations) {
    if (!op.gemm) ++result.left_out[op.op];
  }
  if (result.files.empty()) {
    throw UserError(
        Diagnostic{{trace.path.string()}, "", "no matrix product or convolution", "at least one"});
  }
  return result;
}

}  // namespace lnsim
