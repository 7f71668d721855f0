// What becomes of a lane's fixed-point sum: rounded once to single precision, unless there was an infinity or a NaN
// among products and accumulator. Combinational.
//
// Parameters: WIDTH of the sum. Ports: total: signed; its bit 0 weighs 2^low; any_product: one at least is no padding;
// nan, infinite_up, infinite_down: such products among them; special: there is one, or the accumulator is not finite,
// and total means nothing; short_sum: finite, and the rounding lost bits; overflowed: finite, became infinite.
module float_sum_end #(
    parameter int WIDTH = 280
) (
    input  logic [WIDTH-1:0]   total,
    input  logic signed [11:0] low,
    input  logic               any_product,
    input  logic               nan,
    input  logic               infinite_up,
    input  logic               infinite_down,
    input  logic [31:0]        accumulator,
    output logic [31:0]        result,
    output logic               special,
    output logic               short_sum,
    output logic               overflowed
);
  logic not_finite;
  logic [WIDTH-1:0] magnitude, normalised;
  logic [$clog2(WIDTH)-1:0] top;
  assign not_finite = &accumulator[30:23];
  assign special = nan | infinite_up | infinite_down | not_finite;
  assign magnitude = total[WIDTH-1] ? -total : total;
  leading_one #(.WIDTH(WIDTH)) find (.x(magnitude), .top(top), .normalised(normalised));

  logic [31:0] rounded, special_sum;
  logic inexact, overflow;
  f32_round #(.WIDTH(WIDTH)) round (
      .negative(total[WIDTH-1]), .exponent(12'(top) + low), .significand(normalised), .result(rounded),
      .inexact(inexact), .overflow(overflow));
  // Finite terms change nothing where there is an infinity or a NaN.
  float_special specials (
      .accumulator(not_finite ? accumulator : 32'd0), .nan(nan | (infinite_up & infinite_down)),
      .infinite(infinite_up | infinite_down), .negative(infinite_down), .result(special_sum));
  assign result = !special ? rounded : any_product ? special_sum : accumulator;
  assign short_sum = ~special & inexact & ~overflow;
  assign overflowed = ~special & overflow;
endmodule
