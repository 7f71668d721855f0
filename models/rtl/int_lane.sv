// A vector multiply-accumulate lane on integers: V products per cycle into one entry of the lane's accumulation
// collector.
//
// Latency, throughput, ports: as lns_lane; nothing is lost before the accumulator, so two of its counts stay 0.
// Parameters: V; B_A, B_B: bits of the two's complement operands, 2..16; ACC_BITS of an accumulator, 64 for an
// exact one; OVERFLOW: 0 saturates, 1 wraps; BOOTH as in int_dot; ENTRIES of the collector >= 2; PIPELINE_STAGES 1..32.
// C++ twin: models/arith/integer_datapath.h.
module int_lane #(
    parameter int V               = 4,
    parameter int B_A             = 8,
    parameter int B_B             = 8,
    parameter int ACC_BITS        = 24,
    parameter int OVERFLOW        = 0,
    parameter int BOOTH           = 0,
    parameter int ENTRIES         = 16,
    parameter int PIPELINE_STAGES = 5
) (
    input  logic                       clk,
    input  logic                       reset,
    input  logic                       in_valid,
    input  logic                       in_first,
    input  logic [$clog2(ENTRIES)-1:0] in_entry,
    input  logic [V*B_A-1:0]           a,
    input  logic [V*B_B-1:0]           b,
    input  logic [V-1:0]               padding,
    input  logic                       load_valid,
    input  logic [$clog2(ENTRIES)-1:0] load_entry,
    input  logic [ACC_BITS-1:0]        load_sum,
    output logic                       out_valid,
    output logic [$clog2(ENTRIES)-1:0] out_entry,
    output logic [ACC_BITS-1:0]        out_sum,
    output logic [15:0]                out_products,
    output logic [15:0]                out_zero_products,
    output logic [15:0]                out_lost_products,
    output logic [15:0]                out_truncated_sums,
    output logic [15:0]                out_saturations
);
  localparam int SUM_BITS = B_A + B_B + $clog2(V);

  logic signed [SUM_BITS-1:0] sum;
  logic [15:0] products, zero_products;
  int_dot #(
      .V(V), .B_A(B_A), .B_B(B_B), .SUM_BITS(SUM_BITS), .BOOTH(BOOTH), .REGISTERS(PIPELINE_STAGES - 1)
  ) dot (
      .clk(clk), .a(a), .b(b), .padding(padding), .sum(sum), .products(products),
      .zero_products(zero_products));

  logic [ACC_BITS-1:0] held, fitted;
  logic saturated;
  accumulate #(.ACC_BITS(ACC_BITS), .SUM_BITS(SUM_BITS), .OVERFLOW(OVERFLOW)) add (
      .held(held), .sum(sum), .fitted(fitted), .saturated(saturated));

  lane_end #(.ENTRIES(ENTRIES), .ACC_BITS(ACC_BITS), .PIPELINE_STAGES(PIPELINE_STAGES)) last (
      .clk(clk), .reset(reset), .in_valid(in_valid), .in_first(in_first), .in_entry(in_entry), .held(held),
      .next(fitted), .products(products), .zero_products(zero_products), .lost_products(16'd0),
      .truncated_sums(16'd0), .saturations(16'(saturated)), .load_valid(load_valid),
      .load_entry(load_entry), .load_sum(load_sum), .out_valid(out_valid), .out_entry(out_entry),
      .out_sum(out_sum), .out_products(out_products), .out_zero_products(out_zero_products),
      .out_lost_products(out_lost_products), .out_truncated_sums(out_truncated_sums),
      .out_saturations(out_saturations));
endmodule
