// channel: the registered, back-pressured connection between two units; the twin of sim/base/channel.h.
//
// Latency: an entry pushed in cycle t is at the front from t + LATENCY on, once the older ones are gone:
// LATENCY - 1 register stages lead to a queue whose stages count as part of the capacity. Space freed by a pop
// in t can be used from t + 1 on. Throughput: one entry per cycle. push only with can_push, pop only with
// valid.
module channel #(
  parameter int WIDTH = 8,
  parameter int CAPACITY = 4,
  parameter int LATENCY = 1
) (
  input  logic             clk,
  input  logic             reset,
  output logic             can_push,
  input  logic             push,
  input  logic [WIDTH-1:0] push_data,
  output logic             valid,
  output logic [WIDTH-1:0] front,
  input  logic             pop
);
  localparam int COUNT_BITS = $clog2(CAPACITY + 1);
  localparam int INDEX_BITS = CAPACITY > 1 ? $clog2(CAPACITY) : 1;
  localparam logic [INDEX_BITS-1:0] LAST = INDEX_BITS'(CAPACITY - 1);

  logic [COUNT_BITS-1:0] count;    // of all entries: what may be pushed
  logic [COUNT_BITS-1:0] arrived;  // of those in the queue: what can be popped
  logic [INDEX_BITS-1:0] head, tail;
  logic [WIDTH-1:0]      entries[CAPACITY];
  logic                  arrives;
  logic [WIDTH-1:0]      arrival;

  generate
    if (LATENCY == 1) begin : g_plain
      assign arrives = push;
      assign arrival = push_data;
    end else begin : g_stages
      valid_pipe #(.WIDTH(WIDTH), .STAGES(LATENCY - 1)) stages (
          .clk(clk), .reset(reset), .in_valid(push), .in(push_data), .out_valid(arrives), .out(arrival));
    end
  endgenerate

  assign can_push = count != COUNT_BITS'(CAPACITY);
  assign valid = arrived != '0;
  assign front = entries[head];

  always_ff @(posedge clk) begin
    if (arrives) entries[tail] <= arrival;
    if (reset) begin
      count <= '0;
      arrived <= '0;
      head <= '0;
      tail <= '0;
    end else begin
      count <= count + COUNT_BITS'(push) - COUNT_BITS'(pop);
      arrived <= arrived + COUNT_BITS'(arrives) - COUNT_BITS'(pop);
      if (arrives) tail <= tail == LAST ? '0 : tail + 1'b1;
      if (pop) head <= head == LAST ? '0 : head + 1'b1;
    end
  end
endmodule
