// fall_through: a queue whose entry can be taken in the cycle in which it is put in.
//
// Latency: 0. Throughput: one entry per cycle. The owner sees to it that there is room for what is pushed.
module fall_through #(
    parameter int WIDTH    = 8,
    parameter int CAPACITY = 4
) (
    input  logic             clk,
    input  logic             reset,
    input  logic             push,
    input  logic [WIDTH-1:0] push_data,
    output logic [WIDTH-1:0] front,
    input  logic             pop
);
  localparam int INDEX_BITS = CAPACITY > 1 ? $clog2(CAPACITY) : 1;
  localparam logic [INDEX_BITS-1:0] LAST = INDEX_BITS'(CAPACITY - 1);

  logic [WIDTH-1:0] entries[CAPACITY];
  logic [INDEX_BITS-1:0] head, tail;
  logic holds;  // anything but what is being pushed
  assign front = holds ? entries[head] : push_data;

  logic [INDEX_BITS-1:0] next_head, next_tail;
  assign next_head = head == LAST ? '0 : head + 1'b1;
  assign next_tail = tail == LAST ? '0 : tail + 1'b1;
  always_ff @(posedge clk) begin
    if (push) entries[tail] <= push_data;
    if (reset) begin
      head <= '0;
      tail <= '0;
      holds <= 1'b0;
    end else begin
      if (pop) head <= next_head;
      if (push) tail <= next_tail;
      if (push != pop) holds <= push | (holds & next_head != tail);
    end
  end
endmodule
