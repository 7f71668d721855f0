// pe_vector_unit: the time that a PE's vector work takes and the packets that it sends; it moves no values, as
// its twin.
//
// Latency: a task taken in cycle t works for W = max(1, ceil(operations / RATE), ceil(input bytes /
// PORT_BYTES)) cycles and reports its end in t + W - 1; the packet up to and including byte b of B leaves in t
// + ceil(b W / B) - 1. Throughput: one packet per cycle; a packet that cannot leave when it is due holds up
// the work by a cycle each.
// Parameters: RATE: operations per cycle; PORT_BYTES: read port of BufferB; WIDTH: bytes of the return bus;
// BANKS of BANK_BYTES (a power of two) each. Ports: task_*: the task at the head of its queue; ends: ordinal
// of a task that ends.
// C++ twin: models/compute/vector_unit.cpp. The division by B is a comparison of b W with (cycles worked) B.
module pe_vector_unit #(
    parameter int RATE         = 8,
    parameter int PORT_BYTES   = 8,
    parameter int WIDTH        = 16,
    parameter int BANKS        = 8,
    parameter int BANK_BYTES   = 8,
    parameter int ADDRESS_BITS = 32
) (
    input  logic                    clk,
    input  logic                    reset,
    input  logic                    task_valid,
    input  logic [31:0]             task_operations,
    input  logic [31:0]             task_input_bytes,
    input  logic [31:0]             task_output_bytes,
    input  logic [ADDRESS_BITS-1:0] task_address,
    input  logic [31:0]             task_ordinal,
    output logic                    takes,
    output logic                    ends,
    output logic [31:0]             ordinal,
    input  logic                    packet_room,
    output logic                    packet,
    output logic [ADDRESS_BITS-1:0] packet_address,
    output logic [15:0]             packet_bytes,
    output logic                    packet_last
);
  localparam int OFFSET_BITS = BANK_BYTES > 1 ? $clog2(BANK_BYTES) : 1;

  // The task under way: the one that is taken, in the cycle in which it is.
  logic working, works;
  logic [31:0] held_cycles, held_bytes, held_ordinal, sent, cycles, bytes, now_sent, worked, now_worked;
  logic [ADDRESS_BITS-1:0] held_address, address;
  logic [31:0] by_rate, by_port, longer;
  assign by_rate = (task_operations + 32'(RATE - 1)) / 32'(RATE);
  assign by_port = (task_input_bytes + 32'(PORT_BYTES - 1)) / 32'(PORT_BYTES);
  assign longer = by_rate > by_port ? by_rate : by_port;
  assign takes = ~working & task_valid;
  assign works = working | takes;
  assign cycles = working ? held_cycles : (longer == '0 ? 32'd1 : longer);
  assign bytes = working ? held_bytes : task_output_bytes;
  assign address = working ? held_address : task_address;
  assign ordinal = working ? held_ordinal : task_ordinal;
  assign now_sent = working ? sent : '0;
  assign now_worked = working ? worked : '0;

  // The packet that is due, and whether another one is due behind it.
  logic [31:0] after_first;
  logic [15:0] second_bytes;
  logic [OFFSET_BITS-1:0] second_offset;
  logic [63:0] done;
  logic first_due, second_due, late, last_cycle;
  assign packet_address = address + ADDRESS_BITS'(now_sent);
  assign after_first = now_sent + 32'(packet_bytes);
  assign second_offset = OFFSET_BITS'(packet_address) + OFFSET_BITS'(packet_bytes);
  beat_shape #(.WIDTH(WIDTH), .BANKS(BANKS), .BANK_BYTES(BANK_BYTES)) first (
      .offset(packet_address[OFFSET_BITS-1:0]), .left(bytes - now_sent), .bytes(packet_bytes));
  beat_shape #(.WIDTH(WIDTH), .BANKS(BANKS), .BANK_BYTES(BANK_BYTES)) second (
      .offset(second_offset), .left(bytes - after_first), .bytes(second_bytes));
  assign done = (64'(now_worked) + 64'd1) * 64'(bytes);
  assign first_due = works & now_sent < bytes & 64'(after_first) * 64'(cycles) <= done;
  assign second_due = first_due & after_first < bytes &
      (64'(after_first) + 64'(second_bytes)) * 64'(cycles) <= done;
  assign packet = first_due & packet_room;
  assign packet_last = after_first == bytes;
  assign late = (first_due & ~packet_room) | second_due;
  assign last_cycle = now_worked + 32'd1 == cycles;
  assign ends = works & ~late & last_cycle;

  always_ff @(posedge clk) begin
    held_cycles <= cycles;
    held_bytes <= bytes;
    held_address <= address;
    held_ordinal <= ordinal;
    sent <= packet ? after_first : now_sent;
    worked <= late ? now_worked : now_worked + 32'd1;
    if (reset) working <= 1'b0;
    else working <= works & ~ends;
  end
endmodule
