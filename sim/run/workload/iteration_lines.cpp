#include "sim/run/workload/iteration_lines.h"

#include <utility>

#include "sim/run/trace/trace_formulas.h"

namespace lnsim {

namespace {

TraceOperation line(const std::string& layer, const std::string& op, Pass pass) {
  TraceOperation operation;
  operation.layer = layer;
  operation.op = op;
  operation.pass = pass;
  return operation;
}

TraceOperation gemm_line(const std::string& layer, const std::string& op, Pass pass, const GemmDims& gemm) {
  TraceOperation operation = line(layer, op, pass);
  operation.gemm = gemm;
  operation.macs = gemm_macs(gemm).value();
  return operation;
}

}  // namespace

TraceOperation vector_line(const std::string& layer, const std::string& op, Pass pass,
                           std::vector<std::int64_t> shape) {
  TraceOperation operation = line(layer, op, pass);
  operation.shape = std::move(shape);
  return operation;
}

TraceOperation linear_line(const std::string& layer, const LinearDims& d, Pass pass) {
  const GemmDims gemm = pass == Pass::input_gradient    ? GemmDims{1, d.rows, d.inputs, d.outputs}
                        : pass == Pass::weight_gradient ? GemmDims{1, d.outputs, d.inputs, d.rows}
                                                        : GemmDims{1, d.rows, d.outputs, d.inputs};
  TraceOperation operation = gemm_line(layer, "linear", pass, gemm);
  operation.b_transposed = pass == Pass::forward;
  operation.a_transposed = pass == Pass::weight_gradient;
  return operation;
}

TraceOperation conv_line(const std::string& layer, const ConvDims& dims, Pass pass) {
  TraceOperation operation = line(layer, "conv2d", pass);
  operation.conv = dims;
  operation.gemm = conv_gemm(dims, pass);
  operation.macs = conv_macs(dims).value();
  return operation;
}

TraceOperation batched_line(const std::string& layer, const GemmDims& d, Pass pass, bool weights) {
  const GemmDims gemm = pass == Pass::input_gradient    ? GemmDims{d.batch, d.m, d.k, d.n}
                        : pass == Pass::weight_gradient ? GemmDims{d.batch, d.k, d.n, d.m}
                                                        : d;
  TraceOperation operation = gemm_line(layer, "bmm", pass, gemm);
  operation.weights = weights;
  operation.b_transposed = pass == Pass::input_gradient;
  operation.a_transposed = pass == Pass::weight_gradient;
  if (pass != Pass::forward) operation.operand = pass == Pass::input_gradient ? "a" : "b";
  return operation;
}

TraceOperation update_line(const std::string& layer, std::string parameter, std::vector<std::int64_t> shape) {
  TraceOperation operation = vector_line(layer, "update", Pass::update, std::move(shape));
  operation.update.emplace();
  operation.update->parameter = std::move(parameter);
  return operation;
}

}  // namespace lnsim
