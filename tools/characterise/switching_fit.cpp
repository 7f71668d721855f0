#include "tools/characterise/switching_fit.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "tools/characterise/lane_energy.h"

namespace lnsim::characterise {
namespace {

// Largest change of a coefficient, relative to the largest one, at which the descent ends.
constexpr double kTolerance = 1e-12;
constexpr int kMostRounds = 1'000'000;

using Part = CycleEnergy LaneEnergy::*;

bool teaches(const StreamResult& stream) {
  return stream.use == StreamUse::idle_operands ||
         (stream.use == StreamUse::work && stream.role == StreamRole::training);
}

double energy_of(const DesignResult& lane, const Window& window, Part part) {
  return (lane_energy(lane, window.by_block).*part).dynamic_fj();
}

double predicted(const SwitchingCoefficients& coefficients, const Window& window) {
  return std::inner_product(coefficients.begin(), coefficients.end(), window.switching.begin(), 0.0);
}

SwitchingCoefficients fit_part(const DesignResult& lane, Part part) {
  std::vector<std::vector<double>> rows;
  std::vector<double> values;
  for (const StreamResult& stream : lane.streams) {
    if (!teaches(stream)) continue;
    const double weight = 1 / std::sqrt(static_cast<double>(stream.windows.size()));
    for (const Window& window : stream.windows) {
      const double energy = energy_of(lane, window, part);
      std::vector<double> row(window.switching.begin(), window.switching.end());
      for (double& quantity : row) quantity *= weight / energy;
      rows.push_back(std::move(row));
      values.push_back(weight);
    }
  }
  SwitchingCoefficients coefficients{};
  if (rows.empty()) return coefficients;
  const std::vector<double> found = non_negative_least_squares(rows, values);
  std::copy(found.begin(), found.end(), coefficients.begin());
  return coefficients;
}

double relative_error(const DesignResult& lane, const StreamResult& stream, const SwitchingFit& fit) {
  double model = 0, gates = 0;
  for (const Window& window : stream.windows) {
    model += predicted(fit.products, window) + predicted(fit.accumulation, window);
    gates +=
        energy_of(lane, window, &LaneEnergy::products) + energy_of(lane, window, &LaneEnergy::accumulation);
  }
  return model / gates - 1;
}

}  // namespace

std::vector<double> non_negative_least_squares(const std::vector<std::vector<double>>& rows,
                                               const std::vector<double>& values) {
  // Coordinate descent on the normal equations, with columns of length one; the problem is convex.
  const std::size_t count = rows.front().size();
  std::vector<double> length(count), right(count), x(count);
  std::vector<std::vector<double>> products(count, std::vector<double>(count));
  for (const std::vector<double>& row : rows)
    for (std::size_t j = 0; j < count; ++j) length[j] += row[j] * row[j];
  for (double& l : length) l = l > 0 ? std::sqrt(l) : 1;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::size_t j = 0; j < count; ++j) {
      right[j] += rows[i][j] / length[j] * values[i];
      for (std::size_t k = 0; k < count; ++k)
        products[j][k] += rows[i][j] / length[j] * (rows[i][k] / length[k]);
    }
  }
  double largest_change = 1, largest = 0;
  for (int round = 0; round < kMostRounds && largest_change > kTolerance * largest; ++round) {
    largest_change = largest = 0;
    for (std::size_t j = 0; j < count; ++j) {
      if (products[j][j] == 0) continue;
      const double without =
          std::inner_product(x.begin(), x.end(), products[j].begin(), 0.0) - products[j][j] * x[j];
      const double next = std::max(0.0, (right[j] - without) / products[j][j]);
      largest_change = std::max(largest_change, std::abs(next - x[j]));
      largest = std::max(largest, next);
      x[j] = next;
    }
  }
  for (std::size_t j = 0; j < count; ++j) x[j] /= length[j];
  return x;
}

SwitchingFit fit_switching(const DesignResult& lane) {
  SwitchingFit fit{fit_part(lane, &LaneEnergy::products), fit_part(lane, &LaneEnergy::accumulation), {}};
  for (const StreamResult& stream : lane.streams) {
    if (stream.use != StreamUse::work) continue;
    fit.errors.push_back({stream.stream, stream.role, relative_error(lane, stream, fit)});
  }
  return fit;
}

HeldOutError held_out_error(const SwitchingFit& fit) {
  HeldOutError error;
  for (const SwitchingFit::Error& each : fit.errors) {
    if (each.role != StreamRole::held_out) continue;
    error.mean += std::abs(each.relative);
    error.worst = std::max(error.worst, std::abs(each.relative));
    ++error.streams;
  }
  if (error.streams > 0) error.mean /= static_cast<double>(error.streams);
  return error;
}

}  // namespace lnsim::characterise
