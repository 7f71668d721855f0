#include "sim/run/replay/pooling.h"

#include <algorithm>

namespace lnsim {
namespace {

using Values = std::vector<double>;

// Places of a window along one axis.
struct Span {
  std::int64_t first, step, end;
};

// Planes of height x width pixels, each pooled to rows x columns.
struct Planes {
  std::int64_t count, height, width, rows, columns;

  explicit Planes(const VectorCall& call) {
    need(call.shape.size() >= 2, "fewer than two extents");
    const auto n = call.shape.size();
    height = call.shape[n - 2];
    width = call.shape[n - 1];
    count = static_cast<std::int64_t>(only_operand(call).size()) / (height * width);
    rows = columns = 1;
    if (call.result_shape.empty()) return;
    need(call.result_shape.size() == n &&
             std::equal(call.shape.begin(), call.shape.end() - 2, call.result_shape.begin()),
         "a result whose planes are others");
    rows = call.result_shape[n - 2];
    columns = call.result_shape[n - 1];
  }

  std::size_t results() const { return static_cast<std::size_t>(count * rows * columns); }

  // Calls visit(result, pixels) for every window; pixels are those inside the plane. `rows_of` and
  // `columns_of` give the places of a result's row and column.
  template <class R, class C, class F>
  void for_each_window(const R& rows_of, const C& columns_of, const F& visit) const {
    std::vector<std::size_t> pixels;
    for (std::int64_t result = 0; result < count * rows * columns; ++result) {
      const std::int64_t plane = result / (rows * columns);
      const Span down = rows_of(result / columns % rows), across = columns_of(result % columns);
      pixels.clear();
      for (std::int64_t y = down.first; y < down.end; y += down.step) {
        for (std::int64_t x = across.first; x < across.end; x += across.step) {
          if (y >= 0 && y < height && x >= 0 && x < width)
            pixels.push_back(static_cast<std::size_t>((plane * height + y) * width + x));
        }
      }
      need(!pixels.empty(), "a window beyond the edge");
      visit(static_cast<std::size_t>(result), pixels);
    }
  }
};

// Calls visit(result, pixels) for every window of pooling that is not adaptive.
template <class F>
void for_each_window(const VectorCall& call, const F& visit) {
  need(call.window.has_value() && !call.result_shape.empty(), "no window or no shape of the result");
  const PoolingWindow& w = *call.window;
  const auto along = [&](std::size_t axis) {
    return [&w, axis](std::int64_t i) {
      const std::int64_t first = i * w.stride[axis] - w.pad[axis];
      return Span{first, w.dilation[axis], first + w.dilation[axis] * (w.kernel[axis] - 1) + 1};
    };
  };
  Planes(call).for_each_window(along(0), along(1), visit);
}

template <class F>
void for_each_adaptive_window(const VectorCall& call, const F& visit) {
  const Planes planes(call);
  const auto along = [](std::int64_t extent, std::int64_t results) {
    return [extent, results](std::int64_t i) {
      return Span{i * extent / results, 1, ((i + 1) * extent + results - 1) / results};
    };
  };
  planes.for_each_window(along(planes.height, planes.rows), along(planes.width, planes.columns), visit);
}

void need_gradient(const VectorCall& call) {
  need(call.gradient.size() == Planes(call).results(), "a gradient of another size than the result");
}

std::size_t largest(const Values& x, const std::vector<std::size_t>& pixels) {
  return *std::max_element(pixels.begin(), pixels.end(),
                           [&](std::size_t a, std::size_t b) { return x[a] < x[b]; });
}

double window_size(const VectorCall& call) {
  need(call.window.has_value(), "no window");
  return static_cast<double>(call.window->kernel[0] * call.window->kernel[1]);
}

using Pixels = std::vector<std::size_t>;

}  // namespace

Values max_pool_forward(const VectorCall& call) {
  const Values& x = only_operand(call);
  Values y(Planes(call).results());
  for_each_window(call, [&](std::size_t i, const Pixels& pixels) { y[i] = x[largest(x, pixels)]; });
  return y;
}

Gradients max_pool_backward(const VectorCall& call) {
  need_gradient(call);
  const Values& x = only_operand(call);
  Values dx(x.size());
  for_each_window(call,
                  [&](std::size_t i, const Pixels& pixels) { dx[largest(x, pixels)] += call.gradient[i]; });
  return {dx};
}

Values avg_pool_forward(const VectorCall& call) {
  const Values& x = only_operand(call);
  const double size = window_size(call);
  Values y(Planes(call).results());
  for_each_window(call, [&](std::size_t i, const Pixels& pixels) {
    for (const std::size_t pixel : pixels) y[i] += x[pixel] / size;
  });
  return y;
}

Gradients avg_pool_backward(const VectorCall& call) {
  need_gradient(call);
  const double size = window_size(call);
  Values dx(only_operand(call).size());
  for_each_window(call, [&](std::size_t i, const Pixels& pixels) {
    for (const std::size_t pixel : pixels) dx[pixel] += call.gradient[i] / size;
  });
  return {dx};
}

Values adaptive_avg_pool_forward(const VectorCall& call) {
  const Values& x = only_operand(call);
  Values y(Planes(call).results());
  for_each_adaptive_window(call, [&](std::size_t i, const Pixels& pixels) {
    for (const std::size_t pixel : pixels) y[i] += x[pixel] / static_cast<double>(pixels.size());
  });
  return y;
}

Gradients adaptive_avg_pool_backward(const VectorCall& call) {
  need_gradient(call);
  Values dx(only_operand(call).size());
  for_each_adaptive_window(call, [&](std::size_t i, const Pixels& pixels) {
    for (const std::size_t pixel : pixels) dx[pixel] += call.gradient[i] / static_cast<double>(pixels.size());
  });
  return {dx};
}

}  // namespace lnsim
