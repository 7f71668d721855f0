// beat_shape: the longest run of bytes from an address on that the global buffer takes in one cycle: no longer
// than what is left, than the port, and no bank twice. Combinational.
//
// Parameters: WIDTH: bytes of the port; BANKS of BANK_BYTES (a power of two) each.
// Ports: offset: the address within a bank's word. C++ twin: BeatShape in models/memory/buffer_port.h.
module beat_shape #(
    parameter int WIDTH        = 16,
    parameter int BANKS        = 8,
    parameter int BANK_BYTES   = 8,
    localparam int OFFSET_BITS = BANK_BYTES > 1 ? $clog2(BANK_BYTES) : 1
) (
    input  logic [OFFSET_BITS-1:0] offset,
    input  logic [31:0]            left,
    output logic [15:0]            bytes
);
  localparam int LINE = BANKS * BANK_BYTES;

  logic [15:0] to_the_line, most;
  assign to_the_line = 16'(LINE) - (BANK_BYTES > 1 ? 16'(offset) : 16'd0);
  assign most = to_the_line < 16'(WIDTH) ? to_the_line : 16'(WIDTH);
  assign bytes = left < 32'(most) ? 16'(left) : most;
endmodule
