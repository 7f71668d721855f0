#include "sim/run/compile/conv_products.h"

#include <string>
#include <utility>

#include "sim/base/errors.h"

namespace lnsim {
namespace {

// What taps of a view do: slide a window over an image, or count through a filter's plane.
enum class TapUse : std::uint8_t { window, filter };

std::vector<Tap> all_taps(const ConvDims& d, TapUse use) {
  std::vector<Tap> taps;
  taps.reserve(static_cast<std::size_t>(d.r * d.s));
  for (std::int64_t r = 0; r < d.r; ++r) {
    for (std::int64_t s = 0; s < d.s; ++s) {
      Tap tap;
      tap.filter_offset = r * d.s + s;
      if (use == TapUse::window) {
        tap.y = static_cast<std::int32_t>(r * d.dilation[0] - d.pad[0]);
        tap.x = static_cast<std::int32_t>(s * d.dilation[1] - d.pad[1]);
      }
      taps.push_back(tap);
    }
  }
  return taps;
}

// An image tensor [n][channels][height][width] seen by pixels; `channels` of all groups.
MatrixView image_view(TensorKind kind, std::int64_t channels, std::int64_t groups, std::int64_t height,
                      std::int64_t width) {
  MatrixView view;
  view.kind = kind;
  view.group_stride = channels / groups * height * width;
  view.line_stride = view.channel_stride = height * width;
  view.image_stride = channels * height * width;
  view.y_stride = width;
  view.x_stride = 1;
  view.grid_height = view.tensor_height = height;
  view.grid_width = view.tensor_width = width;
  return view;
}

MatrixView input_view(const ConvDims& d, TensorKind kind) {
  return image_view(kind, d.c, d.groups, d.h, d.w);
}
MatrixView output_view(const ConvDims& d, TensorKind kind) {
  return image_view(kind, d.k, d.groups, d.p, d.q);
}

// The input, walked by output pixels through the window's taps.
MatrixView windowed_input(const ConvDims& d) {
  MatrixView view = input_view(d, TensorKind::activation);
  view.grid_height = d.p;
  view.grid_width = d.q;
  view.step_y = static_cast<std::int32_t>(d.stride[0]);
  view.step_x = static_cast<std::int32_t>(d.stride[1]);
  view.taps = all_taps(d, TapUse::window);
  return view;
}

// The filters [k][c][tap]; index kinds and strides of rows and contraction are the caller's.
MatrixView filter_view(const ConvDims& d, TensorKind kind) {
  MatrixView view;
  view.kind = kind;
  view.group_stride = d.k / d.groups * (d.c / d.groups) * d.r * d.s;
  view.tap_stride = 1;
  view.taps = all_taps(d, TapUse::filter);
  return view;
}

Product forward(const ConvDims& d) {
  Product product;
  product.groups = d.groups;
  product.rows = d.k / d.groups;
  product.columns = d.n * d.p * d.q;
  product.contraction = {d.c / d.groups, d.r * d.s};
  product.macs = static_cast<std::uint64_t>(product.groups * product.rows * product.columns *
                                            product.contraction.channels * product.contraction.taps);
  product.a = filter_view(d, TensorKind::weight);
  product.a.rows = IndexKind::line;
  product.a.contraction = IndexKind::channel_tap;
  product.a.line_stride = d.c / d.groups * d.r * d.s;
  product.a.channel_stride = d.r * d.s;
  product.b = windowed_input(d);
  product.b.rows = IndexKind::pixel;
  product.b.contraction = IndexKind::channel_tap;
  product.out = output_view(d, TensorKind::activation);
  product.out.rows = IndexKind::line;
  product.out.contraction = IndexKind::pixel;
  return product;
}

Product weight_gradient(const ConvDims& d) {
  Product product;
  product.groups = d.groups;
  product.rows = d.c / d.groups * d.r * d.s;
  product.columns = d.k / d.groups;
  product.contraction = {d.n * d.p * d.q, 1};
  product.macs = static_cast<std::uint64_t>(product.groups * product.rows * product.columns *
                                            product.contraction.channels);
  product.a = windowed_input(d);
  product.a.rows = IndexKind::channel_tap;
  product.a.contraction = IndexKind::pixel;
  product.b = output_view(d, TensorKind::error);
  product.b.rows = IndexKind::line;
  product.b.contraction = IndexKind::pixel;
  product.out = filter_view(d, TensorKind::gradient);
  product.out.rows = IndexKind::channel_tap;
  product.out.channel_stride = d.r * d.s;
  product.out.contraction = IndexKind::line;
  product.out.line_stride = d.c / d.groups * d.r * d.s;
  return product;
}

// Along one side: input pixels first, first + stride, ... and the taps that reach output pixels from them.
struct SidePhase {
  std::int64_t first = 0;
  std::int64_t pixels = 0;
  struct SideTap {
    std::int64_t tap = 0;
    std::int64_t displacement = 0;  // output pixel = phase pixel + displacement
  };
  std::vector<SideTap> taps;
};

// y = (h + pad - tap * dilation) / stride for h = first + stride * i is i + (first + pad - tap * dilation) /
// stride, where that divides.
std::vector<SidePhase> side_phases(std::int64_t extent, std::int64_t filter, std::int64_t stride,
                                   std::int64_t pad, std::int64_t dilation) {
  std::vector<SidePhase> phases;
  for (std::int64_t first = 0; first < stride && first < extent; ++first) {
    SidePhase phase;
    phase.first = first;
    phase.pixels = (extent - first + stride - 1) / stride;
    for (std::int64_t tap = 0; tap < filter; ++tap) {
      const std::int64_t distance = first + pad - tap * dilation;
      if (distance % stride == 0) phase.taps.push_back({tap, distance / stride});
    }
    phases.push_back(std::move(phase));
  }
  return phases;
}

Product input_gradient_phase(const ConvDims& d, const SidePhase& rows, const SidePhase& columns) {
  Product product;
  product.groups = d.groups;
  product.rows = d.c / d.groups;
  product.columns = d.n * rows.pixels * columns.pixels;
  product.a = filter_view(d, TensorKind::weight);
  product.a.taps.clear();
  product.b = output_view(d, TensorKind::error);
  product.b.taps.clear();
  for (const auto& y : rows.taps) {
    for (const auto& x : columns.taps) {
      product.a.taps.push_back({0, 0, y.tap * d.s + x.tap});
      product.b.taps.push_back(
          {static_cast<std::int32_t>(y.displacement), static_cast<std::int32_t>(x.displacement), 0});
    }
  }
  const auto taps = static_cast<std::int64_t>(product.a.taps.size());
  product.contraction = {d.k / d.groups, taps};
  product.macs = static_cast<std::uint64_t>(d.n * d.p * d.q * d.k * (d.c / d.groups) * taps);
  product.a.rows = IndexKind::line;
  product.a.contraction = IndexKind::channel_tap;
  product.a.line_stride = d.r * d.s;
  product.a.channel_stride = d.c / d.groups * d.r * d.s;
  product.b.rows = IndexKind::pixel;
  product.b.contraction = IndexKind::channel_tap;
  product.b.grid_height = rows.pixels;
  product.b.grid_width = columns.pixels;
  product.out = input_view(d, TensorKind::error);
  product.out.rows = IndexKind::line;
  product.out.contraction = IndexKind::pixel;
  product.out.base = rows.first * d.w + columns.first;
  product.out.grid_height = rows.pixels;
  product.out.grid_width = columns.pixels;
  product.out.step_y = static_cast<std::int32_t>(d.stride[0]);
  product.out.step_x = static_cast<std::int32_t>(d.stride[1]);
  product.out.tensor_height = d.h - rows.first;
  product.out.tensor_width = d.w - columns.first;
  return product;
}

std::vector<Product> input_gradient(const ConvDims& d) {
  std::vector<Product> products;
  const auto across = side_phases(d.w, d.s, d.stride[1], d.pad[1], d.dilation[1]);
  std::uint64_t counted = 0;
  for (const SidePhase& rows : side_phases(d.h, d.r, d.stride[0], d.pad[0], d.dilation[0])) {
    for (const SidePhase& columns : across) {
      products.push_back(input_gradient_phase(d, rows, columns));
      counted += products.back().macs;
    }
  }
  // Taps that only ever meet padding belong to no phase; the closed formula counts them all the same.
  products.front().macs +=
      static_cast<std::uint64_t>(d.n * d.p * d.q * d.k * (d.c / d.groups) * d.r * d.s) - counted;
  return products;
}

}  // namespace

std::vector<Product> conv_products(const ConvDims& dims, Pass pass) {
  switch (pass) {
    case Pass::forward:
      return {forward(dims)};
    case Pass::input_gradient:
      return input_gradient(dims);
    case Pass::weight_gradient:
      return {weight_gradient(dims)};
    case Pass::backward:
    case Pass::update:
      break;
  }
  throw ModelError("a convolution has no product in its pass " +
                   std::string(kPassNames[static_cast<std::size_t>(pass)]));
}

}  // namespace lnsim
