#include "tools/characterise/full_adder.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <vector>

namespace lnsim::characterise {
namespace {

// The value of input i in the eight states of three inputs, a state per bit.
constexpr std::uint64_t kInput[3] = {0xaa, 0xcc, 0xf0};
constexpr std::uint64_t kAll = 0xff, kSum = 0x96, kCarry = 0xe8;

// The truth table of an output over the three inputs; none when it depends on something else.
std::optional<std::uint64_t> truth_table(const gates::BooleanFunction& function,
                                         const std::vector<std::string>& inputs) {
  std::vector<std::uint64_t> values;
  for (const std::string& name : function.names()) {
    const auto input = std::find(inputs.begin(), inputs.end(), name);
    if (input == inputs.end()) return std::nullopt;
    values.push_back(kInput[input - inputs.begin()]);
  }
  return function.evaluate(values) & kAll;
}

std::optional<FullAdder> as_full_adder(const gates::Cell& cell) {
  std::vector<std::string> inputs;
  for (const gates::Pin& pin : cell.pins)
    if (pin.direction == gates::PinDirection::kInput) inputs.push_back(pin.name);
  if (inputs.size() != 3 || cell.flip_flop || !cell.other_state.empty()) return std::nullopt;
  FullAdder adder{cell.name, {inputs[0], inputs[1], inputs[2]}, {}, {}};
  for (const gates::Pin& pin : cell.pins) {
    if (pin.direction != gates::PinDirection::kOutput) continue;
    const auto table = pin.function ? truth_table(*pin.function, inputs) : std::nullopt;
    if (table == kSum || table == (kSum ^ kAll)) {
      adder.sum = pin.name;
      adder.sum_inverted = table != kSum;
    } else if (table == kCarry || table == (kCarry ^ kAll)) {
      adder.carry = pin.name;
      adder.carry_inverted = table != kCarry;
    } else {
      return std::nullopt;
    }
  }
  if (adder.sum.empty() || adder.carry.empty()) return std::nullopt;
  return adder;
}

}  // namespace

std::optional<FullAdder> find_full_adder(const gates::Library& library) {
  std::optional<FullAdder> smallest;
  double area = 0;
  for (const auto& [name, cell] : library.cells) {
    if (smallest && cell.area >= area) continue;
    if (const auto adder = as_full_adder(cell)) {
      smallest = adder;
      area = cell.area;
    }
  }
  return smallest;
}

std::string full_adder_split() {
  return R"((* techmap_celltype = "$fa" *)
module split_full_adder (A, B, C, X, Y);
  parameter WIDTH = 1;
  parameter [WIDTH-1:0] _TECHMAP_CONSTMSK_A_ = 0;
  parameter [WIDTH-1:0] _TECHMAP_CONSTMSK_B_ = 0;
  parameter [WIDTH-1:0] _TECHMAP_CONSTMSK_C_ = 0;
  localparam [WIDTH-1:0] CONSTANT = _TECHMAP_CONSTMSK_A_ | _TECHMAP_CONSTMSK_B_ | _TECHMAP_CONSTMSK_C_;
  input [WIDTH-1:0] A, B, C;
  output [WIDTH-1:0] X, Y;
  wire _TECHMAP_FAIL_ = WIDTH == 1 && !CONSTANT[0];
  genvar i;
  generate
    for (i = 0; i < WIDTH; i = i + 1) begin : g_bit
      if (CONSTANT[i]) begin
        assign Y[i] = A[i] ^ B[i] ^ C[i];
        assign X[i] = (A[i] & B[i]) | (C[i] & (A[i] ^ B[i]));
      end else begin
        \$fa #(.WIDTH(1)) adder (.A(A[i]), .B(B[i]), .C(C[i]), .X(X[i]), .Y(Y[i]));
      end
    end
  endgenerate
endmodule
)";
}

std::string full_adder_map(const FullAdder& adder, bool of_complements) {
  const char* in = of_complements ? "~" : "";
  const char* carry = of_complements != adder.carry_inverted ? "~" : "";
  const char* sum = of_complements != adder.sum_inverted ? "~" : "";
  return fmt::format(
      R"((* techmap_celltype = "$fa" *)
module full_adder_map (A, B, C, X, Y);
  parameter WIDTH = 1;
  input [WIDTH-1:0] A, B, C;
  output [WIDTH-1:0] X, Y;
  genvar i;
  generate
    for (i = 0; i < WIDTH; i = i + 1) begin : g_bit
      wire carry, sum;
      {} adder (.{}({in}A[i]), .{}({in}B[i]), .{}({in}C[i]), .{}(carry), .{}(sum));
      assign X[i] = {carry_sign}carry;
      assign Y[i] = {sum_sign}sum;
    end
  endgenerate
endmodule
)",
      adder.cell, adder.inputs[0], adder.inputs[1], adder.inputs[2], adder.carry, adder.sum,
      fmt::arg("in", in), fmt::arg("carry_sign", carry), fmt::arg("sum_sign", sum));
}

}  // namespace lnsim::characterise
