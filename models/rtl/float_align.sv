// The magnitude of a product as a fixed-point number whose bit 0 weighs 2^LOW. Combinational.
//
// Parameters: WIDTH of the fixed-point number; LOW: no product has bits below.
module float_align #(
    parameter int WIDTH = 280,
    parameter int LOW   = -149
) (
    input  logic signed [11:0] exponent,
    input  logic [47:0]        product,
    output logic [WIDTH-1:0]   magnitude
);
  logic [WIDTH+46:0] placed;
  logic [11:0] shift;
  assign shift = exponent - 12'(LOW);
  assign placed = (WIDTH + 47)'(product) << shift;
  assign magnitude = WIDTH'(placed >> 47);
endmodule
