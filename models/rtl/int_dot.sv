// The dot product of two vectors of two's complement integers, without the accumulator.
//
// Latency: REGISTERS cycles, behind the multipliers first, then behind the adder tree, and round again.
// Throughput: one pair of vectors per cycle. Parameters: V; B_A, B_B: 2..16 bits of an operand; SUM_BITS: of the
// sum, B_A + B_B + clog2(V); BOOTH as in float_multiply. A 16-bit operand of -2^15,
// which no quantiser makes, stands for padding, as in the C++ twin: models/arith/integer_datapath.cpp.
module int_dot #(
    parameter int V         = 4,
    parameter int B_A       = 8,
    parameter int B_B       = 8,
    parameter int SUM_BITS  = 18,
    parameter int BOOTH     = 0,
    parameter int REGISTERS = 4
) (
    input  logic                       clk,
    input  logic [V*B_A-1:0]           a,
    input  logic [V*B_B-1:0]           b,
    input  logic [V-1:0]               padding,
    output logic signed [SUM_BITS-1:0] sum,
    output logic [15:0]                products,
    output logic [15:0]                zero_products
);
  localparam int AFTER_MULTIPLY = (REGISTERS + 1) / 2;
  localparam int AFTER_TREE     = REGISTERS / 2;

  logic [V-1:0] real_1, zero_1;
  logic [V*SUM_BITS-1:0] terms_1, terms_2;
  genvar i;
  generate
    for (i = 0; i < V; i = i + 1) begin : g_product
      logic signed [B_A-1:0] operand_a;
      logic signed [B_B-1:0] operand_b;
      logic no_operand;
      assign operand_a = a[i*B_A+:B_A];
      assign operand_b = b[i*B_B+:B_B];
      assign no_operand = (B_A == 16 && operand_a == {1'b1, {(B_A - 1) {1'b0}}}) ||
                          (B_B == 16 && operand_b == {1'b1, {(B_B - 1) {1'b0}}});
      assign real_1[i] = ~padding[i] & ~no_operand;
      assign zero_1[i] = real_1[i] & (operand_a == '0 | operand_b == '0);
      // Without an operand zero is multiplied, so that nothing stands behind the multiplier.
      logic signed [B_A-1:0] factor;
      assign factor = operand_a & {B_A{real_1[i]}};
      if (BOOTH != 0) begin : g_booth
        logic signed [B_A+B_B-1:0] product;
        booth_multiply #(.A_BITS(B_A), .B_BITS(B_B), .SIGNED(1)) multiply (
            .a(factor), .b(operand_b), .product(product));
        assign terms_1[i*SUM_BITS+:SUM_BITS] = SUM_BITS'(product);
      end else begin : g_multiply
        assign terms_1[i*SUM_BITS+:SUM_BITS] = SUM_BITS'(factor) * SUM_BITS'(operand_b);
      end
    end
  endgenerate

  logic [SUM_BITS-1:0] sum_2;
  pipe #(.WIDTH(V * SUM_BITS), .STAGES(AFTER_MULTIPLY)) after_multiply (.clk(clk), .in(terms_1), .out(terms_2));
  sum_tree #(.COUNT(V), .WIDTH(SUM_BITS)) tree (.terms(terms_2), .sum(sum_2));
  pipe #(.WIDTH(SUM_BITS), .STAGES(AFTER_TREE)) after_tree (.clk(clk), .in(sum_2), .out(sum));

  logic [15:0] products_1, zeros_1;
  count_ones #(.WIDTH(V)) over_products (.flags(real_1), .count(products_1));
  count_ones #(.WIDTH(V)) over_zeros (.flags(zero_1), .count(zeros_1));
  pipe #(.WIDTH(32), .STAGES(REGISTERS)) counts (
      .clk(clk), .in({products_1, zeros_1}), .out({products, zero_products}));
endmodule
