// What the parameters of a lane's twin mean to the C++ side.
#pragma once

#include <string>

#include "models/arith/datapath.h"
#include "tests/lockstep/model_table.h"

namespace lnsim::lockstep {

struct LaneParameters {
  arith::DatapathParameters datapath;
  arith::FormatParameters a;
  arith::FormatParameters b;
  unsigned vector_size;
  unsigned entries;
};

// For rows of lns_lane, int_lane and float_lane.
LaneParameters lane_parameters(const ModelRow& row);

// For rows of lns_lane, or of a module that has its parameters and contains lanes.
LaneParameters lns_lane_parameters(const ModelRow& row);

// The operand `side` ("A" or "B") of such a row.
arith::FormatParameters lns_operand(const ModelRow& row, const std::string& side);

// The operand `side` of a row that gives its E_ and M_.
arith::FormatParameters float_operand(const ModelRow& row, const std::string& side);

// The lane's constants as a Verilog number.
std::string lns_constants(const ModelRow& row);

}  // namespace lnsim::lockstep
