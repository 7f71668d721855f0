// accumulator + the exact sum of a beat's products, with one rounding to single precision. Combinational.
//
// Parameters: WIDTH, LOW of the fixed-point sum as in float_align. Ports: sum of the finite products; any_product: one
// at least is no padding; nan, infinite_up, infinite_down: such products among them.
// C++ twin: models/arith/float_beat_fused.cpp.
module float_fused_end #(
    parameter int WIDTH = 280,
    parameter int LOW   = -149
) (
    input  logic [WIDTH-1:0] sum,
    input  logic             any_product,
    input  logic             nan,
    input  logic             infinite_up,
    input  logic             infinite_down,
    input  logic [31:0]      accumulator,
    output logic [31:0]      result,
    output logic             short_sum,
    output logic             overflowed
);
  logic accumulator_nan, accumulator_infinite, accumulator_zero, accumulator_negative, unused_special;
  logic [23:0] accumulator_significand;
  logic signed [11:0] accumulator_exponent;
  float_unpack unpack (
      .x(accumulator), .nan(accumulator_nan), .infinite(accumulator_infinite), .zero(accumulator_zero),
      .negative(accumulator_negative), .significand(accumulator_significand), .exponent(accumulator_exponent));

  logic [WIDTH-1:0] magnitude, start;
  float_align #(.WIDTH(WIDTH), .LOW(LOW)) align (
      .exponent(accumulator_exponent), .product({accumulator_significand, 24'd0}), .magnitude(magnitude));
  assign start = accumulator_zero | accumulator_nan | accumulator_infinite ? '0 :
      accumulator_negative ? -magnitude : magnitude;
  float_sum_end #(.WIDTH(WIDTH)) sum_end (
      .total(sum + start), .low(12'(LOW)), .any_product(any_product), .nan(nan), .infinite_up(infinite_up),
      .infinite_down(infinite_down), .accumulator(accumulator), .result(result), .special(unused_special),
      .short_sum(short_sum), .overflowed(overflowed));
endmodule
