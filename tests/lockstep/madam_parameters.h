// What the parameters of a Madam lane's twin mean to the C++ side, and the tables that follow from them.
#pragma once

#include <string>
#include <vector>

#include "models/arith/number_format.h"
#include "tests/lockstep/model_table.h"

namespace lnsim::lockstep {

struct MadamParameters {
  arith::FormatParameters weight;
  arith::FormatParameters gradient;
  double bound;
  unsigned latency;

  unsigned largest() const;  // |g*|
};

// For rows of madam_lane.
MadamParameters madam_parameters(const ModelRow& row);

// Verilator's arguments for the tables of such a row.
std::string madam_tables(const ModelRow& row);

// Code steps of |g*| = 0, 1, ... for a learning rate, rounded half to even; 2^17, beyond every code, at most.
std::vector<std::uint32_t> madam_steps(const MadamParameters& parameters, double learning_rate);

}  // namespace lnsim::lockstep
