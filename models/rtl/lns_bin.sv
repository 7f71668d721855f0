// The adder tree of one remainder bin: the signed sum of the products whose remainder belongs to it.
// Combinational.
//
// Parameters: V products; MAGNITUDE_BITS; SUM_BITS: of the sum, MAGNITUDE_BITS + clog2(V) + 1 hold every one;
// SPLIT_SIGNS: how signed terms are added, with equal sums: 0: each product as a two's complement number in
// one tree; 1: magnitudes in one tree for the positive and one for the negative products, then one subtraction.
// Ports: member: the product belongs to this bin.
module lns_bin #(
    parameter int V              = 4,
    parameter int MAGNITUDE_BITS = 36,
    parameter int SUM_BITS       = 39,
    parameter int SPLIT_SIGNS    = 0
) (
    input  logic [               V-1:0] member,
    input  logic [               V-1:0] negative,
    input  logic [V*MAGNITUDE_BITS-1:0] magnitudes,
    output logic [        SUM_BITS-1:0] sum
);
  generate
    if (SPLIT_SIGNS != 0) begin : g_split
      logic [V*SUM_BITS-1:0] positive_terms, negative_terms;
      logic [SUM_BITS-1:0] positive_sum, negative_sum;
      for (genvar i = 0; i < V; i = i + 1) begin : g_term
        logic [SUM_BITS-1:0] magnitude;
        assign magnitude = SUM_BITS'(magnitudes[i*MAGNITUDE_BITS+:MAGNITUDE_BITS]);
        assign positive_terms[i*SUM_BITS+:SUM_BITS] = member[i] & ~negative[i] ? magnitude : '0;
        assign negative_terms[i*SUM_BITS+:SUM_BITS] = member[i] & negative[i] ? magnitude : '0;
      end
      sum_tree #(.COUNT(V), .WIDTH(SUM_BITS)) positive_tree (.terms(positive_terms), .sum(positive_sum));
      sum_tree #(.COUNT(V), .WIDTH(SUM_BITS)) negative_tree (.terms(negative_terms), .sum(negative_sum));
      assign sum = positive_sum - negative_sum;
    end else begin : g_signed
      signed_sum #(.COUNT(V), .BITS(MAGNITUDE_BITS), .WIDTH(SUM_BITS)) tree (
          .present(member), .negative(negative), .magnitudes(magnitudes), .sum(sum));
    end
  endgenerate
endmodule
