// Yosys' word-wide full adder on cells of the library osu018.
(* techmap_celltype = "$fa" *)
module full_adder_map (A, B, C, X, Y);
  parameter WIDTH = 1;
  input [WIDTH-1:0] A, B, C;
  output [WIDTH-1:0] X, Y;
  genvar i;
  generate
    for (i = 0; i < WIDTH; i = i + 1) begin : g_bit
      FAX1 add (.A(A[i]), .B(B[i]), .C(C[i]), .YC(X[i]), .YS(Y[i]));
    end
  endgenerate
endmodule
