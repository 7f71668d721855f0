// Shapes of convolutions.
#pragma once

#include <cstdint>
#include <vector>

namespace lnsim {

// A one-dimensional tensor [N, C, W] as an image of height 1.
inline std::vector<std::int64_t> as_image(std::vector<std::int64_t> shape) {
  if (shape.size() == 3) shape.insert(shape.begin() + 2, 1);
  return shape;
}

}  // namespace lnsim
