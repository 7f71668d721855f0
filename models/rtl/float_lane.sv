// A vector multiply-accumulate lane on floating-point numbers: V products per cycle into one entry of the lane's
// accumulation collector, whose entries are single-precision numbers.
//
// Latency, throughput, ports: as lns_lane. The registers before the last stage stand behind the multipliers, and with
// FUSED in turns behind the adder tree. Without FUSED the last stage is a chain of V additions.
// Parameters: V; E, M, OCP of the operands A and B as in float_unpack; FUSED: all products of a beat and the
// accumulator exactly with one rounding, else one rounding per product in the order of the elements; ENTRIES of the
// collector >= 2; PIPELINE_STAGES 1..32. C++ twin: models/arith/float_datapath.h.
module float_lane #(
    parameter int V               = 4,
    parameter int E_A             = 4,
    parameter int M_A             = 3,
    parameter int OCP_A           = 1,
    parameter int E_B             = 4,
    parameter int M_B             = 3,
    parameter int OCP_B           = 1,
    parameter int FUSED           = 0,
    parameter int ALIGNMENT_BITS  = 0,
    parameter int BOOTH           = 0,
    parameter int ENTRIES         = 16,
    parameter int PIPELINE_STAGES = 5
) (
    input  logic                       clk,
    input  logic                       reset,
    input  logic                       in_valid,
    input  logic                       in_first,
    input  logic [$clog2(ENTRIES)-1:0] in_entry,
    input  logic [V*(E_A+M_A+1)-1:0]   a,
    input  logic [V*(E_B+M_B+1)-1:0]   b,
    input  logic [V-1:0]               padding,
    input  logic                       load_valid,
    input  logic [$clog2(ENTRIES)-1:0] load_entry,
    input  logic [31:0]                load_sum,
    output logic                       out_valid,
    output logic [$clog2(ENTRIES)-1:0] out_entry,
    output logic [31:0]                out_sum,
    output logic [15:0]                out_products,
    output logic [15:0]                out_zero_products,
    output logic [15:0]                out_lost_products,
    output logic [15:0]                out_truncated_sums,
    output logic [15:0]                out_saturations
);
  localparam int REGISTERS      = PIPELINE_STAGES - 1;
  localparam int AFTER_TREE     = FUSED != 0 ? REGISTERS / 2 : 0;
  localparam int AFTER_MULTIPLY = REGISTERS - AFTER_TREE;
  localparam int CODE_A         = E_A + M_A + 1;
  localparam int CODE_B         = E_B + M_B + 1;

  // Products
  logic [V-1:0] real_1, zero_1, nan_1, infinite_1, negative_1, empty_1;
  logic [V*12-1:0] exponent_1;
  logic [V*48-1:0] product_1;
  genvar i;
  generate
    for (i = 0; i < V; i = i + 1) begin : g_product
      float_multiply #(
          .E_A(E_A), .M_A(M_A), .OCP_A(OCP_A), .E_B(E_B), .M_B(M_B), .OCP_B(OCP_B),
          .BOOTH(BOOTH)
      ) multiply (
          .a(a[i*CODE_A+:CODE_A]), .b(b[i*CODE_B+:CODE_B]), .padding(padding[i]), .real_product(real_1[i]),
          .zero_factor(zero_1[i]), .nan(nan_1[i]), .infinite(infinite_1[i]), .negative(negative_1[i]),
          .empty(empty_1[i]), .exponent(exponent_1[i*12+:12]), .product(product_1[i*48+:48]));
    end
  endgenerate

  logic [V-1:0] real_2, nan_2, infinite_2, negative_2, empty_2;
  logic [V*12-1:0] exponent_2;
  logic [V*48-1:0] product_2;
  pipe #(.WIDTH(V * 65), .STAGES(AFTER_MULTIPLY)) after_multiply (
      .clk(clk), .in({real_1, nan_1, infinite_1, negative_1, empty_1, exponent_1, product_1}),
      .out({real_2, nan_2, infinite_2, negative_2, empty_2, exponent_2, product_2}));

  // Accumulation
  logic [31:0] held, next;
  logic [15:0] lost_products, truncated_sums, saturations;
  generate
    if (FUSED != 0) begin : g_fused
      // The lowest bit of a product, the weight above all products, and room for V of them and the accumulator.
      localparam int LOWEST  = 4 - (1 << (E_A - 1)) - M_A - (1 << (E_B - 1)) - M_B;
      localparam int LOW     = LOWEST < -149 ? LOWEST : -149;
      localparam int HIGHEST = (1 << (E_A - 1)) + OCP_A + (1 << (E_B - 1)) + OCP_B;
      localparam int HIGH    = HIGHEST > 128 ? HIGHEST : 128;
      localparam int WIDTH   = HIGH - LOW + $clog2(V + 1) + 1;
      logic [V*WIDTH-1:0] magnitudes;
      logic [WIDTH-1:0] sum_2, sum_3;
      logic [3:0] kinds_2, kinds_3;
      logic short_sum, overflowed;
      for (i = 0; i < V; i = i + 1) begin : g_term
        float_align #(.WIDTH(WIDTH), .LOW(LOW)) align (
            .exponent(exponent_2[i*12+:12]), .product(product_2[i*48+:48]),
            .magnitude(magnitudes[i*WIDTH+:WIDTH]));
      end
      signed_sum #(.COUNT(V), .BITS(WIDTH), .WIDTH(WIDTH)) tree (
          .present(~empty_2), .negative(negative_2), .magnitudes(magnitudes), .sum(sum_2));
      assign kinds_2 = {|real_2, |nan_2, |(infinite_2 & ~negative_2), |(infinite_2 & negative_2)};
      pipe #(.WIDTH(WIDTH + 4), .STAGES(AFTER_TREE)) after_tree (
          .clk(clk), .in({kinds_2, sum_2}), .out({kinds_3, sum_3}));
      float_fused_end #(.WIDTH(WIDTH), .LOW(LOW)) fused_end (
          .sum(sum_3), .any_product(kinds_3[3]), .nan(kinds_3[2]), .infinite_up(kinds_3[1]),
          .infinite_down(kinds_3[0]), .accumulator(held), .result(next), .short_sum(short_sum),
          .overflowed(overflowed));
      assign lost_products = '0;
      assign truncated_sums = 16'(short_sum);
      assign saturations = 16'(overflowed);
    end else if (ALIGNMENT_BITS != 0) begin : g_aligned
      float_aligned #(.V(V), .ALIGNMENT_BITS(ALIGNMENT_BITS)) aligned (
          .real_product(real_2), .nan(nan_2), .infinite(infinite_2), .negative(negative_2), .empty(empty_2),
          .exponent(exponent_2), .product(product_2), .accumulator(held), .result(next),
          .lost_products(lost_products), .truncated_sums(truncated_sums), .saturations(saturations));
    end else begin : g_per_step
      float_per_step #(.V(V)) chain (
          .real_product(real_2), .nan(nan_2), .infinite(infinite_2), .negative(negative_2), .empty(empty_2),
          .exponent(exponent_2), .product(product_2), .accumulator(held), .result(next),
          .lost_products(lost_products), .truncated_sums(truncated_sums), .saturations(saturations));
    end
  endgenerate

  logic [15:0] products_1, zeros_1, products, zero_products;
  count_ones #(.WIDTH(V)) over_products (.flags(real_1), .count(products_1));
  count_ones #(.WIDTH(V)) over_zeros (.flags(zero_1), .count(zeros_1));
  pipe #(.WIDTH(32), .STAGES(REGISTERS)) counts (
      .clk(clk), .in({products_1, zeros_1}), .out({products, zero_products}));

  lane_end #(.ENTRIES(ENTRIES), .ACC_BITS(32), .PIPELINE_STAGES(PIPELINE_STAGES)) last (
      .clk(clk), .reset(reset), .in_valid(in_valid), .in_first(in_first), .in_entry(in_entry), .held(held),
      .next(next), .products(products), .zero_products(zero_products), .lost_products(lost_products),
      .truncated_sums(truncated_sums), .saturations(saturations), .load_valid(load_valid),
      .load_entry(load_entry), .load_sum(load_sum), .out_valid(out_valid), .out_entry(out_entry),
      .out_sum(out_sum), .out_products(out_products), .out_zero_products(out_zero_products),
      .out_lost_products(out_lost_products), .out_truncated_sums(out_truncated_sums),
      .out_saturations(out_saturations));
endmodule
