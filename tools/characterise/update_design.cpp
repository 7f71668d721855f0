#include "tools/characterise/update_design.h"

#include <fmt/format.h>

#include <bit>

#include "models/arith/minifloat.h"
#include "tools/characterise/verilog_tables.h"

namespace lnsim::characterise {
namespace {

struct Port {
  std::string name;
  unsigned bits;
};

// What differs between the lanes: ports are named as the module names them, without in_ and out_.
struct Lane {
  std::string module, parameters;
  std::vector<Port> constants;  // of a command
  Port gradient;
  std::vector<Port> updated;  // weight and state
  std::vector<BlockRule> rules;
};

std::string instance_port(const std::string& port, const std::string& net) {
  return fmt::format(", .{}({})", port, net);
}

// The constants of a command stand still in registers of the unit, which its lanes share.
Design wrap(const Lane& lane, unsigned latency_cycles) {
  std::string inputs, outputs, registers, takes, connections;
  for (const Port& port : lane.constants) {
    inputs += fmt::format("    input  logic [{}:0] {},\n", port.bits - 1, port.name);
    connections += instance_port(port.name, port.name);
  }
  std::vector<Port> taken{lane.gradient};
  taken.insert(taken.end(), lane.updated.begin(), lane.updated.end());
  for (const Port& port : taken) {
    inputs += fmt::format("    input  logic [{}:0] {},\n", port.bits - 1, port.name);
    registers += fmt::format("  logic [{}:0] taken_{};\n", port.bits - 1, port.name);
    takes += fmt::format("    taken_{0} <= {0};\n", port.name);
    connections += instance_port("in_" + port.name, "taken_" + port.name);
  }
  for (const Port& port : lane.updated) {
    outputs += fmt::format("    output logic [{}:0] out_{},\n", port.bits - 1, port.name);
    connections += instance_port("out_" + port.name, "out_" + port.name);
  }
  Design design{"characterised", {}, lane.rules};
  design.verilog = fmt::format(
      R"(module characterised(
    input  logic clk, reset, valid,
{}{}    output logic out_valid);
  logic taken;
{}  always_ff @(posedge clk) begin
    taken <= valid & ~reset;
{}  end
  {} #({}, .LATENCY({})) lane (
      .clk(clk), .reset(reset), .in_valid(taken), .out_valid(out_valid){});
endmodule
)",
      inputs, outputs, registers, takes, lane.module, lane.parameters, latency_cycles, connections);
  design.rules.push_back({kRegisters, "*$procdff*"});
  return design;
}

Lane madam_lane(const DesignParameters& d) {
  std::string parameters = fmt::format(".B_W({}), .ZERO_W({}), .B_G({}), .LOG2_GAMMA_G({}), .ZERO_G({})",
                                       d.stored.bits, static_cast<int>(d.stored.zero), d.gradient.bits,
                                       std::countr_zero(d.gradient.gamma), static_cast<int>(d.gradient.zero));
  for (const ModuleParameter& table : madam_tables(d.gradient, d.gradient_bound))
    parameters += fmt::format(", .{}({})", table.name, table.value);
  return {"madam_lane",
          parameters,
          {{"gradient_scale", 32},
           {"beta", 32},
           {"one_minus_beta", 32},
           {"log2_correction", 36},
           {"steps", 18 * (madam_largest(d.gradient_bound) + 1)}},
          {"gradient", arith::make_format(d.gradient)->storage_bits()},
          {{"weight", arith::make_format(d.stored)->storage_bits()}, {"moment", 32}},
          {{"move", "*lane.*"},
           {"moment", "*lane.?squared.*"},
           {"moment", "*lane.?decay.*"},
           {"moment", "*lane.?mean.*"},
           {"logarithm", "*lane.?log.*"}}};
}

// Parameters of both lanes on single-precision weights.
std::string gradient_parameters(const DesignParameters& d) {
  const arith::MinifloatLayout layout = arith::minifloat_layout(d.gradient);
  return fmt::format(".E_G({}), .M_G({}), .OCP_G({})", layout.exponent_bits, layout.mantissa_bits,
                     layout.ocp_e4m3 ? 1 : 0);
}

Lane sgd_lane(const DesignParameters& d) {
  return {"sgd_lane",
          gradient_parameters(d),
          {{"gradient_scale", 32}, {"momentum", 32}, {"minus_rate", 32}},
          {"gradient", arith::minifloat_layout(d.gradient).bits()},
          {{"weight", 32}, {"moment", 32}},
          {{"store", "*lane.*"},
           {"moment", "*lane.?load.*"},
           {"moment", "*lane.?accumulate.*"},
           {"move", "*lane.?step.*"}}};
}

Lane adam_lane(const DesignParameters& d) {
  return {"adam_lane",
          gradient_parameters(d),
          {{"gradient_scale", 32},
           {"momentum", 32},
           {"one_minus_momentum", 32},
           {"beta", 32},
           {"one_minus_beta", 32},
           {"first_correction", 32},
           {"second_correction", 32},
           {"epsilon", 32},
           {"minus_rate", 32}},
          {"gradient", arith::minifloat_layout(d.gradient).bits()},
          {{"weight", 32}, {"first", 32}, {"second", 32}},
          {{"store", "*lane.*"},
           {"moment", "*lane.?load.*"},
           {"moment", "*lane.?squared.*"},
           {"moment", "*lane.?decay_*"},
           {"moment", "*lane.?mean_*"},
           {"divide", "*lane.?unbias_*"},
           {"divide", "*lane.?divide.*"},
           {"square_root", "*lane.?root_of.*"},
           {"square_root", "*lane.?add_epsilon.*"},
           {"move", "*lane.?step.*"}}};
}

}  // namespace

Design make_update_lane(const DesignParameters& parameters) {
  const Lane lane = parameters.unit == Unit::madam_lane ? madam_lane(parameters)
                    : parameters.unit == Unit::sgd_lane ? sgd_lane(parameters)
                                                        : adam_lane(parameters);
  return wrap(lane, parameters.latency_cycles);
}

}  // namespace lnsim::characterise
