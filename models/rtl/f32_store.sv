// A single-precision number as optimizers store it: an infinity becomes the largest number of its sign. Combinational.
// C++ twin: Storage::store in models/update/storage.cpp, for numbers that are no NaN.
module f32_store (
    input  logic [31:0] x,
    output logic [31:0] stored,
    output logic        saturated
);
  assign saturated = &x[30:23];
  assign stored = saturated ? {x[31], 31'h7f7fffff} : x;
endmodule
