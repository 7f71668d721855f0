// pe_packets: bytes of finished columns on their way into packets for the return bus.
//
// Packets are as wide as the return bus and the banks of the global buffer allow (no bank twice); only a
// command's last packet may be short. A column joins the bytes that wait in the cycle it comes in, and its
// bytes may leave in that cycle. Throughput: one packet per cycle; `takes` while fewer bytes wait than a
// packet has at most and no command's last ones do.
// Parameters: WIDTH: bytes of the return bus; BANKS of BANK_BYTES (a power of two) each; COLUMN_BYTES: of the
// longest column. Ports: byte i of data at 8 i, 0 beyond `bytes`.
// C++ twin: finish_column, send_packet in models/compute/ppu.cpp.
module pe_packets #(
    parameter int WIDTH        = 16,
    parameter int BANKS        = 8,
    parameter int BANK_BYTES   = 8,
    parameter int COLUMN_BYTES = 12,
    parameter int ADDRESS_BITS = 32
) (
    input  logic                      clk,
    input  logic                      reset,
    output logic                      takes,
    input  logic                      column,
    input  logic [ADDRESS_BITS-1:0]   column_address,
    input  logic [15:0]               column_bytes,
    input  logic [31:0]               column_ordinal,
    input  logic                      column_last,
    input  logic [8*COLUMN_BYTES-1:0] column_data,
    input  logic                      packet_room,
    output logic                      packet,
    output logic [ADDRESS_BITS-1:0]   packet_address,
    output logic [15:0]               packet_bytes,
    output logic [31:0]               packet_ordinal,
    output logic                      packet_last,
    output logic [8*WIDTH-1:0]        packet_data
);
  localparam int HELD_BYTES = WIDTH + COLUMN_BYTES;
  localparam int OFFSET_BITS = BANK_BYTES > 1 ? $clog2(BANK_BYTES) : 1;

  logic [ADDRESS_BITS-1:0] address, now_address;  // of the waiting bytes
  logic [15:0] waiting, now_waiting;
  logic flush, now_flush;
  logic [31:0] ordinal, now_ordinal;
  logic [8*HELD_BYTES-1:0] data, now_data;

  assign takes = ~flush & waiting < 16'(WIDTH);
  assign now_address = column & waiting == 16'd0 ? column_address : address;
  assign now_waiting = column ? waiting + column_bytes : waiting;
  assign now_flush = column ? column_last : flush;
  assign now_ordinal = column ? column_ordinal : ordinal;
  assign now_data = column ? data | ((8 * HELD_BYTES)'(column_data) << (8 * 32'(waiting))) : data;

  logic [15:0] full;
  beat_shape #(.WIDTH(WIDTH), .BANKS(BANKS), .BANK_BYTES(BANK_BYTES)) shape (
      .offset(now_address[OFFSET_BITS-1:0]), .left(now_flush ? 32'(now_waiting) : 32'(WIDTH)), .bytes(full));

  assign packet = now_waiting != 16'd0 & now_waiting >= full & packet_room;
  assign packet_address = now_address;
  assign packet_bytes = full;
  assign packet_ordinal = now_ordinal;
  assign packet_last = now_flush & full == now_waiting;
  always_comb begin
    for (int i = 0; i < WIDTH; i = i + 1) packet_data[8*i+:8] = 16'(i) < full ? now_data[8*i+:8] : 8'd0;
  end

  always_ff @(posedge clk) begin
    address <= packet ? now_address + ADDRESS_BITS'(full) : now_address;
    ordinal <= now_ordinal;
    if (reset) begin
      waiting <= '0;
      flush <= 1'b0;
      data <= '0;
    end else begin
      waiting <= packet ? now_waiting - full : now_waiting;
      flush <= now_flush & ~(packet & packet_last);
      data <= packet ? now_data >> (8 * 32'(full)) : now_data;
    end
  end
endmodule
