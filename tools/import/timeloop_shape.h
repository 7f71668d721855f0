// The shape of a Timeloop problem, in names, and the shapes that Timeloop brings with it (problem-shapes).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace lnsim::timeloop {

struct Coefficient {
  std::string name;
  std::optional<std::int64_t> by_default;
};

// Names instead of numbers.
struct NamedTerm {
  std::string dimension, coefficient;  // coefficient empty: 1
};
struct NamedSpace {
  std::string name;
  bool written = false;
  std::vector<std::vector<NamedTerm>> axes;
};
struct Shape {
  std::vector<std::string> dimensions;
  std::vector<Coefficient> coefficients;
  std::vector<NamedSpace> spaces;
};

const Shape& cnn_layer();
const Shape& gemm_abz();

}  // namespace lnsim::timeloop
