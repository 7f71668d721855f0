// A lane's energy as a linear function of what switches in it, fitted to gate level.
//
// Coefficients are not negative and make the squares of relative errors smallest over the windows of the
// training streams, each of which weighs the same; slots that all hold zeros are among them. Leakage is left
// out: it passes with time. The model is judged by streams that it has not seen: the mean energy it gives for
// each against gate level's.
#pragma once

#include <vector>

#include "tools/characterise/characterise.h"

namespace lnsim::characterise {

// Of a lane. Without training streams all coefficients are 0.
SwitchingFit fit_switching(const DesignResult& lane);

HeldOutError held_out_error(const SwitchingFit& fit);

// The x >= 0 with the smallest sum over rows i of (sum over j of rows[i][j] x[j] - values[i])^2, rows of
// equal length.
std::vector<double> non_negative_least_squares(const std::vector<std::vector<double>>& rows,
                                               const std::vector<double>& values);

}  // namespace lnsim::characterise
