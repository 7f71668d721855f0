// A lane's energy as a linear function of what switches in it, fitted to gate level.
//
// Coefficients are not negative and make the squares of relative errors smallest over the windows of the
// training streams, each of which weighs the same; slots that all hold zeros are among them. Leakage is left
// out: it passes with time. The model is judged by streams that it has not seen: the mean energy it gives for
// each against gate level's.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "tools/characterise/characterise.h"

namespace lnsim::characterise {

using SwitchingCoefficients = std::array<double, arith::kSwitchingCount>;  // fJ, by arith::Switching

struct SwitchingFit {
  SwitchingCoefficients products{}, accumulation{};  // the two parts of LaneEnergy

  struct Error {
    std::string stream;
    StreamRole role;
    double relative;  // (model - gate level) / gate level, of both parts together
  };
  std::vector<Error> errors;  // of every stream that does work, in order
};

// Of a lane. Without training streams all coefficients are 0.
SwitchingFit fit_switching(const DesignResult& lane);

struct HeldOutError {
  double mean = 0, worst = 0;  // of the relative errors' magnitudes
  std::size_t streams = 0;
};
HeldOutError held_out_error(const SwitchingFit& fit);

// The x >= 0 with the smallest sum over rows i of (sum over j of rows[i][j] x[j] - values[i])^2, rows of
// equal length.
std::vector<double> non_negative_least_squares(const std::vector<std::vector<double>>& rows,
                                               const std::vector<double>& values);

}  // namespace lnsim::characterise
