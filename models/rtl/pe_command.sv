// pe_command: looks at the head of a PE's command queue and decides in each cycle what becomes of it.
//
// Latency: none. A command without a share for this PE is complete in the cycle it is looked at. Others begin
// once every progress counter, as seen in this cycle, has reached its value. Commands are looked at while no
// other one waits to be fetched (`room`); vector work begins when the lanes are idle, and until it ends no
// later command is looked at. Throughput: one command per cycle.
// Ports: counters, required: fetched, written back, loaded, consumed, produced, updated, from the lowest bits
// up.
// C++ twin: Pe::next_command in models/compute/pe.cpp.
module pe_command #(
    parameter int COUNTERS     = 6,
    parameter int COUNTER_BITS = 32
) (
    input  logic                             clk,
    input  logic                             reset,
    input  logic                             valid,
    input  logic                             vector_work,
    input  logic                             empty,
    input  logic                             outputs,
    input  logic [COUNTERS*COUNTER_BITS-1:0] required,
    input  logic [COUNTERS*COUNTER_BITS-1:0] counters,
    input  logic                             room,
    input  logic                             lanes_active,
    input  logic                             vector_end,
    output logic                             pop,
    output logic                             begin_compute,
    output logic                             begin_vector,
    output logic                             consumed,
    output logic                             produced
);
  logic vector_working;
  logic [COUNTERS-1:0] reached;
  generate
    for (genvar i = 0; i < COUNTERS; i = i + 1) begin : g_counter
      assign reached[i] =
          counters[i*COUNTER_BITS+:COUNTER_BITS] >= required[i*COUNTER_BITS+:COUNTER_BITS];
    end
  endgenerate

  logic looks;
  assign looks = valid & room & (~vector_working | vector_end) & ~(vector_work & lanes_active);
  assign begin_compute = looks & ~empty & ~vector_work & (&reached);
  assign begin_vector = looks & ~empty & vector_work & (&reached);
  assign consumed = looks & empty;
  assign produced = consumed | (begin_vector & ~outputs);
  assign pop = begin_compute | begin_vector | consumed;

  always_ff @(posedge clk) begin
    if (reset) vector_working <= 1'b0;
    else vector_working <= begin_vector | (vector_working & ~vector_end);
  end
endmodule
