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
  logic accumulator_nan, accumulator_infinite, accumulator_zero, accumulator_negative;
  logic [23:0] accumulator_significand;
  logic signed [11:0] accumulator_exponent;
  float_unpack unpack (
      .x(accumulator), .nan(accumulator_nan), .infinite(accumulator_infinite), .zero(accumulator_zero),
      .negative(accumulator_negative), .significand(accumulator_significand), .exponent(accumulator_exponent));

  logic special;
  logic [WIDTH-1:0] start, total, magnitude, normalised;
  logic [$clog2(WIDTH)-1:0] top;
  assign special = nan | infinite_up | infinite_down | accumulator_nan | accumulator_infinite;
  float_align #(.WIDTH(WIDTH), .LOW(LOW)) align (
      .negative(accumulator_negative), .empty(accumulator_zero | special), .exponent(accumulator_exponent),
      .product({accumulator_significand, 24'd0}), .term(start));
  assign total = sum + start;
  assign magnitude = total[WIDTH-1] ? -total : total;
  leading_one #(.WIDTH(WIDTH)) find (.x(magnitude), .top(top), .normalised(normalised));

  logic [31:0] rounded, special_sum;
  logic inexact, overflow;
  f32_round #(.WIDTH(WIDTH)) round (
      .negative(total[WIDTH-1]), .exponent(12'(top) + 12'(LOW)), .significand(normalised), .result(rounded),
      .inexact(inexact), .overflow(overflow));
  // Finite terms change nothing where there is an infinity or a NaN.
  float_special specials (
      .accumulator(accumulator_nan | accumulator_infinite ? accumulator : 32'd0),
      .nan(nan | (infinite_up & infinite_down)), .infinite(infinite_up | infinite_down), .negative(infinite_down),
      .result(special_sum));
  assign result = !special ? rounded : any_product ? special_sum : accumulator;
  assign short_sum = ~special & inexact & ~overflow;
  assign overflowed = ~special & overflow;
endmodule
