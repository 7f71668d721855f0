#include "sim/run/trace/trace_writer.h"

#include "sim/base/output_file.h"

namespace lnsim {

namespace {

using Json = nlohmann::ordered_json;

Json header_line(const TraceHeader& header) {
  Json line{{"format", "lns-layertrace/1"}};
  const auto text = [&](const char* key, const std::string& value) {
    if (!value.empty()) line[key] = value;
  };
  text("model", header.model);
  text("source", header.source);
  text("tensors", header.tensors);
  if (header.learning_rate) line["lr"] = *header.learning_rate;
  for (const auto& [kind, format] : header.numerics) line["numerics"][kind] = {format.first, format.second};
  if (!header.underflow.empty()) line["numerics"]["underflow"] = header.underflow;
  if (header.sample) {
    line["sample"] = {
        {"rows", header.sample->rows}, {"seed", header.sample->seed}, {"of", header.sample->of}};
  }
  return line;
}

Json conv_dims(const ConvDims& d) {
  return {{"N", d.n},
          {"C", d.c},
          {"H", d.h},
          {"W", d.w},
          {"K", d.k},
          {"R", d.r},
          {"S", d.s},
          {"P", d.p},
          {"Q", d.q},
          {"groups", d.groups},
          {"stride", d.stride},
          {"pad", d.pad},
          {"dilation", d.dilation}};
}

Json store_block(const UpdateRecord& update) {
  return {{"format", "LNS"},
          {"B", *update.store_bits},
          {"gamma", *update.store_gamma},
          {"k", update.store_k.value_or(0)},
          {"kb", update.store_kb.value_or(0)},
          {"lr_scale", update.learning_rate_scale},
          {"beta", update.beta},
          {"g_bound", update.gradient_bound}};
}

void add_update(const UpdateRecord& update, Json& line) {
  line["param"] = update.parameter;
  if (!update.rule.empty()) line["rule"] = update.rule;
  if (update.learning_rate) line["lr"] = *update.learning_rate;
  line["step"] = update.step;
  if (update.momentum) line["momentum"] = *update.momentum;
  if (update.second_momentum) line["beta"] = *update.second_momentum;
  if (update.epsilon) line["epsilon"] = *update.epsilon;
  const auto tensor = [&](const char* key, const std::string& value) {
    if (!value.empty()) line[key] = value;
  };
  tensor("w", update.w);
  tensor("dw", update.dw);
  tensor("v", update.v);
  tensor("m", update.m);
  tensor("out", update.out);
  tensor("w_before", update.before);
  if (update.store_bits && update.store_gamma) line["store"] = store_block(update);
}

void add_product(const TraceOperation& op, Json& line) {
  if (op.conv) line["dims"] = conv_dims(*op.conv);
  line["gemm"] = {{"batch", op.gemm->batch}, {"M", op.gemm->m}, {"N", op.gemm->n}, {"K", op.gemm->k}};
  if (!op.operand.empty()) line["operand"] = op.operand;
  if (op.weights != (op.op != "bmm")) line["weights"] = op.weights;
  if (!op.a.empty()) line["a"] = op.a;
  if (op.a_transposed) line["a_trans"] = true;
  if (!op.b.empty()) line["b"] = op.b;
  if (op.b_transposed) line["b_trans"] = true;
  if (!op.out.empty()) line["out"] = op.out;
  if (!op.bias.empty()) line["bias"] = op.bias;
  line["macs"] = op.macs;
}

void add_flow(const ValueFlow& flow, Json& line) {
  const auto names = [&](const char* key, const std::vector<std::string>& values) {
    if (!values.empty()) line[key] = values;
  };
  names("in", flow.inputs);
  names("out", flow.outputs);
  names("params", flow.parameters);
  if (flow.epsilon) line["eps"] = *flow.epsilon;
  if (flow.window) {
    line["window"] = {{"kernel", flow.window->kernel},
                      {"stride", flow.window->stride},
                      {"pad", flow.window->pad},
                      {"dilation", flow.window->dilation}};
  }
  if (!flow.result_shape.empty()) line["out_shape"] = flow.result_shape;
}

Json operation_line(const TraceOperation& op) {
  Json line;
  if (op.index) line["i"] = *op.index;
  line["layer"] = op.layer;
  line["op"] = op.op;
  line["pass"] = kTracePassNames[static_cast<std::size_t>(op.pass)];
  if (op.gemm) {
    add_product(op, line);
  } else {
    line["shape"] = op.shape;
    add_flow(op.flow, line);
  }
  if (op.update) add_update(*op.update, line);
  return line;
}

Json tensor_line(const TensorInfo& tensor) {
  Json line{{"tensor", tensor.key}, {"shape", tensor.shape}, {"dtype", tensor.dtype}};
  if (!tensor.file.empty()) line["file"] = tensor.file;
  return line;
}

Json places(const StridedPlaces& where) {
  Json numbers = where.strides;
  numbers.insert(numbers.begin(), where.first);
  return numbers;
}

std::string value_lines(const std::string& name, const ComposedValue& value) {
  if (!value.because.empty()) return Json{{"value", name}, {"because", value.because}}.dump() + "\n";
  std::string text;
  for (const ValuePart& part : value.parts) {
    Json line{{"value", name}, {"elements", value.elements}, {"of", part.of}};
    if (part.factor != 1.0) line["factor"] = part.factor;
    if (part.from != StridedPlaces{} || part.to != StridedPlaces{} || !part.shape.empty()) {
      line["shape"] = part.shape;
      line["from"] = places(part.from);
      line["to"] = places(part.to);
    }
    text += line.dump() + "\n";
  }
  return text;
}

}  // namespace

Json header_json(const TraceHeader& header) {
  return header_line(header);
}

Json operation_json(const TraceOperation& operation) {
  return operation_line(operation);
}

void write_trace(const Trace& trace, const std::filesystem::path& path) {
  std::string text = header_line(trace.header).dump() + "\n";
  for (const TraceOperation& op : trace.operations) text += operation_line(op).dump() + "\n";
  for (const auto& [name, value] : trace.values) text += value_lines(name, value);
  for (const auto& tensor : trace.tensors) text += tensor_line(tensor.second).dump() + "\n";
  write_file(path, text);
}

}  // namespace lnsim
