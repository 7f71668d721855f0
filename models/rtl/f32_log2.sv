// log2 |x| of a single-precision number that is not zero, infinite or NaN, in units of 2^-26: by multiplicative
// normalisation, an addition per step, then the linear term.
//
// Latency: STAGES cycles, the steps shared out evenly among them, the linear term as three of them. Throughput: one per
// cycle.
// Parameters: CONSTANTS: for k = 1, 2, ... at 32 (k - 1) log2(1 + 2^-k) in units of 2^-32. No useful default.
// C++ twin: models/arith/f32_log2.cpp.
module f32_log2 #(
    parameter logic [14*32-1:0] CONSTANTS = '0,
    parameter int STAGES = 5
) (
    input  logic               clk,
    input  logic [31:0]        x,
    output logic signed [35:0] log2
);
  localparam int STEPS = 14;
  localparam int INNER = 32;  // fraction bits within
  localparam int DOWN  = 6;   // of which so many are rounded off
  localparam int REST  = INNER + 1 - STEPS;
  localparam int LAST  = STAGES - STEPS * STAGES / (STEPS + 3);  // stages behind the linear term

  logic unused_nan, unused_infinite, unused_zero, unused_negative;
  logic [23:0] significand;
  logic signed [11:0] exponent, exponent_out;
  float_unpack unpack (
      .x(x), .nan(unused_nan), .infinite(unused_infinite), .zero(unused_zero), .negative(unused_negative),
      .significand(significand), .exponent(exponent));
  pipe #(.WIDTH(12), .STAGES(STAGES - LAST)) beside (.clk(clk), .in(exponent), .out(exponent_out));

  // s in [1, 2) and what it has been multiplied by, as a logarithm below 1, before each step.
  logic [(STEPS+1)*(INNER+1)-1:0] s;
  logic [(STEPS+1)*INNER-1:0] taken;
  assign s[INNER:0] = {significand, {(INNER - 23) {1'b0}}};
  assign taken[INNER-1:0] = '0;
  genvar i;
  generate
    for (i = 0; i < STEPS; i = i + 1) begin : g_step
      logic [INNER+1:0] product;
      logic [INNER:0] next;
      logic [INNER-1:0] sum;
      assign product = {1'b0, s[i*(INNER+1)+:INNER+1]} + {1'b0, s[i*(INNER+1)+:INNER+1] >> (i + 1)};
      assign next = product[INNER+1] ? s[i*(INNER+1)+:INNER+1] : product[INNER:0];
      assign sum = taken[i*INNER+:INNER] + (product[INNER+1] ? '0 : CONSTANTS[i*INNER+:INNER]);
      // The last step of each stage ends in a register.
      pipe #(.WIDTH(2 * INNER + 1), .STAGES((i + 1) * STAGES / (STEPS + 3) - i * STAGES / (STEPS + 3))) after (
          .clk(clk), .in({next, sum}), .out({s[(i+1)*(INNER+1)+:INNER+1], taken[(i+1)*INNER+:INNER]}));
    end
  endgenerate

  // log2(2 - rest) = 1 - (rest / 2) / ln 2 - ...; 1 / ln 2 in units of 2^-20.
  logic [INNER+1:0] rest;
  logic [REST+20:0] product;
  logic [INNER:0] fraction;
  logic signed [35:0] sum;
  assign rest = {1'b1, {(INNER + 1) {1'b0}}} - {1'b0, s[STEPS*(INNER+1)+:INNER+1]};
  assign product = (REST + 21)'(rest[REST-1:0]) * (REST + 21)'(21'd1512775);
  assign fraction = {1'b1, INNER'(1 << (DOWN - 1))} - {1'b0, taken[STEPS*INNER+:INNER]} -
      (INNER + 1)'(product[REST+20:21]);
  assign sum = 36'({exponent_out, 26'd0}) + 36'(fraction[INNER:DOWN]);
  pipe #(.WIDTH(36), .STAGES(LAST)) last (.clk(clk), .in(sum), .out(log2));
  logic unused_rest;
  assign unused_rest = ^{rest[INNER+1:REST], product[20:0], fraction[DOWN-1:0]};
endmodule
