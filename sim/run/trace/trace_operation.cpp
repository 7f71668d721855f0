// Reading one operator line.
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <numeric>

#include "sim/run/trace/trace_formulas.h"
#include "sim/run/trace/trace_operators.h"
#include "sim/run/trace/trace_reader.h"

namespace lnsim {

namespace {

std::optional<ConvDims> read_conv(TraceLine& line) {
  ConvDims d;
  bool complete = true;
  const auto extent = [&](std::string_view name, std::int64_t& value, Need need) {
    const std::string path = fmt::format("dims.{}", name);
    const auto read = line.integer(path, kExtentRange, need);
    complete = complete && (read || (need == Need::optional && !line.has(path)));
    value = read.value_or(value);
  };
  const auto pair = [&](std::string_view name, std::int64_t lowest, std::array<std::int64_t, 2>& value) {
    const std::string path = fmt::format("dims.{}", name);
    const auto read = line.integers(path, {lowest, kExtentRange.highest}, 2, 2, Need::optional);
    complete = complete && (read || !line.has(path));
    if (read) value = {(*read)[0], (*read)[1]};
  };
  extent("N", d.n, Need::required);
  extent("C", d.c, Need::required);
  extent("H", d.h, Need::required);
  extent("W", d.w, Need::required);
  extent("K", d.k, Need::required);
  extent("R", d.r, Need::required);
  extent("S", d.s, Need::required);
  extent("P", d.p, Need::required);
  extent("Q", d.q, Need::required);
  extent("groups", d.groups, Need::optional);
  pair("stride", 1, d.stride);
  pair("pad", 0, d.pad);
  pair("dilation", 1, d.dilation);
  if (!complete) return std::nullopt;
  return d;
}

std::vector<std::int64_t> input_shape(const ConvDims& d) {
  return {d.n, d.c, d.h, d.w};
}
std::vector<std::int64_t> filter_shape(const ConvDims& d) {
  return {d.k, d.c / d.groups, d.r, d.s};
}
std::vector<std::int64_t> output_shape(const ConvDims& d) {
  return {d.n, d.k, d.p, d.q};
}

// Whether the convolution exists: groups, output extents, sizes.
bool check_conv(TraceLine& line, const ConvDims& d) {
  if (d.c % d.groups != 0 || d.k % d.groups != 0) {
    line.mistake_at("dims.groups", fmt::format("a divisor of C = {} and K = {}", d.c, d.k));
    return false;
  }
  const std::int64_t p = conv_output_extent(d.h, d.r, d.stride[0], d.pad[0], d.dilation[0]);
  const std::int64_t q = conv_output_extent(d.w, d.s, d.stride[1], d.pad[1], d.dilation[1]);
  if (d.p != p) line.mistake_at("dims.P", fmt::format("{} from H, R, stride, pad and dilation", p));
  if (d.q != q) line.mistake_at("dims.Q", fmt::format("{} from W, S, stride, pad and dilation", q));
  if (d.p != p || d.q != q) return false;
  if (!conv_counts_fit(d)) {
    line.mistake("dims", "more than 2^62 elements or multiply-accumulates",
                 "a convolution that fits 64-bit counts");
    return false;
  }
  return true;
}

std::optional<GemmDims> read_gemm(TraceLine& line) {
  const auto batch = line.integer("gemm.batch", kExtentRange, Need::optional);
  const auto m = line.integer("gemm.M", {1, INT64_MAX}, Need::required);
  const auto n = line.integer("gemm.N", {1, INT64_MAX}, Need::required);
  const auto k = line.integer("gemm.K", {1, INT64_MAX}, Need::required);
  if (!m || !n || !k || (!batch && line.has("gemm.batch"))) return std::nullopt;
  return GemmDims{batch.value_or(1), *m, *n, *k};
}

void check_gemm(TraceLine& line, const GemmDims& got, const GemmDims& expected) {
  const auto check = [&](const char* path, std::int64_t value, std::int64_t formula) {
    if (value != formula) line.mistake_at(path, fmt::format("{} from dims and pass", formula));
  };
  check("gemm.batch", got.batch, expected.batch);
  check("gemm.M", got.m, expected.m);
  check("gemm.N", got.n, expected.n);
  check("gemm.K", got.k, expected.k);
}

void check_macs(TraceLine& line, TraceOperation& op, std::uint64_t formula) {
  op.macs = formula;
  const auto written = line.integer("macs", {0, INT64_MAX}, Need::optional);
  if (written && static_cast<std::uint64_t>(*written) != formula) {
    line.mistake_at("macs", fmt::format("{} from the closed formula", formula));
  }
}

// A tensor the line names: it must exist and have the shape; leading extents may be folded or unfolded.
void check_tensor(TraceLine& line, const std::map<std::string, TensorInfo>& tensors, const char* path,
                  const std::string& key, const std::vector<std::int64_t>& shape) {
  if (key.empty()) return;  // its absence is reported already
  const auto found = tensors.find(key);
  if (found == tensors.end()) {
    std::vector<std::string> known;
    for (const auto& tensor : tensors) known.push_back(tensor.first);
    const std::string near = nearest_name(key, known);
    line.mistake_at(path, near.empty() ? "a key of a `tensor` line"
                                       : fmt::format("a key of a `tensor` line (did you mean {}?)", near));
    return;
  }
  const std::vector<std::int64_t>& has = found->second.shape;
  const std::int64_t last = has.empty() ? 1 : has.back();
  const std::int64_t wanted_last = shape.empty() ? 1 : shape.back();
  if (element_count(has) == element_count(shape) && last == wanted_last) return;
  line.mistake(path, fmt::format("{} of shape [{}]", key, fmt::join(has, ", ")),
               fmt::format("shape [{}]", fmt::join(shape, ", ")));
}

// The shapes of a product's operands and result as the pass reads them.
void check_operands(TraceLine& line, const TraceOperation& op,
                    const std::map<std::string, TensorInfo>& tensors) {
  if (op.a.empty() && op.b.empty() && op.out.empty()) return;
  std::vector<std::int64_t> a, b, out;
  if (op.conv) {
    const auto x = input_shape(*op.conv);
    const auto w = filter_shape(*op.conv);
    const auto y = output_shape(*op.conv);
    a = op.pass == Pass::forward ? x : y;
    b = op.pass == Pass::weight_gradient ? x : w;
    out = op.pass == Pass::forward ? y : op.pass == Pass::input_gradient ? x : w;
  } else {
    const GemmDims& g = *op.gemm;
    a = op.a_transposed ? std::vector{g.batch, g.k, g.m} : std::vector{g.batch, g.m, g.k};
    b = op.b_transposed ? std::vector{g.batch, g.n, g.k} : std::vector{g.batch, g.k, g.n};
    out = {g.batch, g.m, g.n};
  }
  check_tensor(line, tensors, "a", op.a, a);
  check_tensor(line, tensors, "b", op.b, b);
  check_tensor(line, tensors, "out", op.out, out);
}

void read_operands(TraceLine& line, TraceOperation& op) {
  const bool any = line.has("a") || line.has("b") || line.has("out");
  const Need need = any ? Need::required : Need::optional;
  op.a = line.text("a", need).value_or("");
  op.b = line.text("b", need).value_or("");
  op.out = line.text("out", need).value_or("");
  op.a_transposed = line.boolean("a_trans", Need::optional).value_or(false);
  op.b_transposed = line.boolean("b_trans", Need::optional).value_or(false);
}

// What is added to a result has an element per column, or per channel of a convolution.
void read_bias(TraceLine& line, TraceOperation& op, const std::map<std::string, TensorInfo>& tensors) {
  op.bias = line.text("bias", Need::optional).value_or("");
  if (op.bias.empty()) return;
  if (op.pass != Pass::forward || op.out.empty()) {
    line.mistake_at("bias", "a bias beside the `out` of a forward pass only");
    return;
  }
  check_tensor(line, tensors, "bias", op.bias, {op.conv ? op.conv->k : op.gemm->n});
}

void read_product(TraceLine& line, TraceOperation& op, const std::map<std::string, TensorInfo>& tensors) {
  // The operands of a bmm are activations unless the line says otherwise.
  op.weights = line.boolean("weights", Need::optional).value_or(op.op != "bmm");
  if (op.op == "bmm" && op.pass != Pass::forward) {
    op.operand =
        line.choice("operand", {"a", "b"}, "the operand whose gradient this is", Need::required).value_or("");
  }
  read_operands(line, op);
  if (op.op == "conv2d") {
    const auto conv = read_conv(line);
    if (!conv || !check_conv(line, *conv)) return;
    op.conv = conv;
    const GemmDims formula = conv_gemm(*conv, op.pass);
    if (line.has("gemm")) {
      const auto gemm = read_gemm(line);
      if (gemm) check_gemm(line, *gemm, formula);
    }
    op.gemm = formula;
    check_macs(line, op, *conv_macs(*conv));
  } else {
    op.gemm = read_gemm(line);
    if (!op.gemm) return;
    const auto macs = gemm_macs(*op.gemm);
    if (!macs) {
      line.mistake("gemm", "more than 2^62 multiply-accumulates", "a product that fits 64-bit counts");
      return;
    }
    check_macs(line, op, *macs);
  }
  check_operands(line, op, tensors);
  read_bias(line, op, tensors);
}

void read_store(TraceLine& line, UpdateRecord& update) {
  const auto small = [&](std::string_view path, IntegerRange range) -> std::optional<int> {
    const auto value = line.integer(path, range, Need::required);
    if (!value) return std::nullopt;
    return static_cast<int>(*value);
  };
  line.choice("store.format", {"LNS"}, "a storage format that is read", Need::required);
  update.store_bits = small("store.B", {2, 32});
  update.store_gamma = small("store.gamma", {1, 1 << 24});
  update.store_k = small("store.k", {-(1 << 30), 1 << 30});
  update.store_kb = small("store.kb", {-(1 << 30), 1 << 30});
  update.learning_rate_scale =
      line.real("store.lr_scale", Need::optional).value_or(update.learning_rate_scale);
  update.beta = line.real("store.beta", Need::optional).value_or(update.beta);
  update.gradient_bound = line.real("store.g_bound", Need::optional).value_or(update.gradient_bound);
}

UpdateRecord read_update(TraceLine& line, const std::vector<std::int64_t>& shape,
                         const std::map<std::string, TensorInfo>& tensors) {
  UpdateRecord update;
  update.parameter = line.text("param", Need::required).value_or("");
  update.rule = line.text("rule", Need::optional).value_or("");
  update.learning_rate = line.real("lr", Need::optional);
  update.step = line.integer("step", {1, INT64_MAX}, Need::optional).value_or(update.step);
  update.momentum = line.real("momentum", Need::optional);
  update.second_momentum = line.real("beta", Need::optional);
  update.epsilon = line.real("epsilon", Need::optional);
  const auto tensor = [&](const char* path, std::string& key) {
    key = line.text(path, Need::optional).value_or("");
    if (!key.empty()) check_tensor(line, tensors, path, key, shape);
  };
  tensor("w", update.w);
  tensor("dw", update.dw);
  tensor("v", update.v);
  tensor("m", update.m);
  tensor("out", update.out);
  tensor("w_before", update.before);
  if (line.has("store")) read_store(line, update);
  return update;
}

Pass read_pass(TraceLine& line, const TraceOperator& row) {
  std::vector<std::string> known;
  for (const Pass pass : row.passes) known.emplace_back(kTracePassNames[static_cast<std::size_t>(pass)]);
  const auto name = line.choice("pass", known, fmt::format("a pass of {}", row.name), Need::required);
  const auto found = std::find(kTracePassNames.begin(), kTracePassNames.end(), name.value_or("fwd"));
  return static_cast<Pass>(found - kTracePassNames.begin());
}

}  // namespace

TraceOperation read_trace_operation(TraceLine& line, const std::map<std::string, TensorInfo>& tensors) {
  TraceOperation op;
  op.line = line.number();
  op.index = line.integer("i", {0, INT64_MAX}, Need::optional);
  op.layer = line.text("layer", Need::required).value_or("");
  op.op = line.choice("op", trace_operator_names(), "an operator", Need::required).value_or("");
  if (line.integer("repeat", {1, INT64_MAX}, Need::optional).value_or(1) > 1) {
    line.mistake_at("repeat", "1: a repeated operator has a line per execution");
  }
  if (op.op.empty()) return op;
  const TraceOperator row = trace_operator(op.op);
  op.pass = read_pass(line, row);
  if (row.product) {
    read_product(line, op, tensors);
    return op;
  }
  op.shape = line.integers("shape", kExtentRange, 0, kMostDimensions, Need::required).value_or(op.shape);
  if (!element_count(op.shape)) line.mistake_at("shape", "at most 2^62 elements");
  if (op.pass == Pass::update) {
    op.update = read_update(line, op.shape, tensors);
  } else {
    op.flow = read_value_flow(line, tensors);
  }
  return op;
}

}  // namespace lnsim
