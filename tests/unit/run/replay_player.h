// Plays the machine's part for a TileData, tile by tile, and makes operations and operands to replay.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <random>
#include <vector>

#include "models/arith/aligned_vector.h"
#include "models/parameters.h"
#include "sim/run/compile/product.h"
#include "sim/run/replay/replay.h"
#include "sim/run/trace/trace_formulas.h"

namespace lnsim::test {

struct Tiling {
  std::uint32_t rows = 4;     // also the lanes
  std::uint32_t columns = 3;  // held accumulators
  std::uint32_t vectors = 1000;
};

// Storage of packed elements and accumulators, aligned as datapaths ask for.
using AlignedBytes = arith::AlignedVector<std::byte>;

// One output tile of a product, over all vectors, `tiling.vectors` at a time with its sums spilled between.
inline void play_tile(TileData& data, const Tiling& tiling, std::uint32_t vector_size, std::uint32_t vectors,
                      OperandTile a, OperandTile b, arith::DotCounts& counts) {
  const arith::Datapath& datapath = data.datapath();
  const std::size_t sum = datapath.accumulator_bytes(), element = datapath.packed_bytes();
  for (std::uint32_t v = 0; v < vectors; v += tiling.vectors) {
    a.first_vector = b.first_vector = v;
    a.vectors = b.vectors = std::min(tiling.vectors, vectors - v);
    AlignedBytes packed_a(a.count * a.vectors * vector_size * element);
    AlignedBytes packed_b(b.count * b.vectors * vector_size * element);
    data.read_operand(LoadTarget::operand_a, a, packed_a.data());
    data.read_operand(LoadTarget::operand_b, b, packed_b.data());
    for (std::uint32_t column = 0; column < b.count; ++column) {
      const ResultColumn where{a.product, a.group, b.first + column, a.first, a.count};
      AlignedBytes sums(a.count * sum);
      if (v == 0) {
        datapath.clear(sums.data(), a.count);
      } else {
        data.restore(where, sums.data());
      }
      for (std::uint32_t i = 0; i < a.vectors; ++i) {
        // The lanes' vectors of this beat, one after the other.
        AlignedBytes lanes(a.count * vector_size * element), streamed(vector_size * element);
        for (std::uint32_t row = 0; row < a.count; ++row) {
          std::copy_n(packed_a.data() + (row * a.vectors + i) * vector_size * element, vector_size * element,
                      lanes.data() + row * vector_size * element);
        }
        std::copy_n(packed_b.data() + (column * b.vectors + i) * vector_size * element, vector_size * element,
                    streamed.data());
        datapath.beat(lanes.data(), streamed.data(), vector_size, a.count, sums.data(), counts);
      }
      if (v + tiling.vectors < vectors) {
        data.spill(where, sums.data());
      } else {
        data.emit(where, sums.data());
      }
    }
  }
}

inline arith::DotCounts play(TileData& data, const std::vector<Product>& products, const PeParameters& pe,
                             const Tiling& tiling) {
  arith::DotCounts counts;
  for (std::uint32_t p = 0; p < products.size(); ++p) {
    const Product& product = products[p];
    const auto vectors = static_cast<std::uint32_t>(product.contraction.vectors(pe.packing, pe.vector_size));
    const auto rows = static_cast<std::uint32_t>(product.rows),
               columns = static_cast<std::uint32_t>(product.columns);
    for (std::uint32_t group = 0; group < product.groups; ++group) {
      for (std::uint32_t row = 0; row < rows; row += tiling.rows) {
        for (std::uint32_t column = 0; column < columns; column += tiling.columns) {
          play_tile(data, tiling, pe.vector_size, vectors,
                    {p, group, row, std::min(tiling.rows, rows - row), 0, 0},
                    {p, group, column, std::min(tiling.columns, columns - column), 0, 0}, counts);
        }
      }
    }
  }
  return counts;
}

// Normally distributed, in single precision, every `zero_every`-th one zero.
inline std::vector<double> random_values(std::size_t count, unsigned seed, std::size_t zero_every = 5) {
  std::mt19937 engine(seed);
  std::normal_distribution<float> normal;
  std::vector<double> values(count);
  for (std::size_t i = 0; i < count; ++i) values[i] = i % zero_every == 0 ? 0.0 : normal(engine);
  return values;
}

inline ConvDims conv_dims(std::int64_t n, std::int64_t c, std::int64_t hw, std::int64_t k,
                          std::int64_t filter, std::int64_t stride, std::int64_t pad, std::int64_t groups = 1,
                          std::int64_t dilation = 1) {
  ConvDims d{.n = n, .c = c, .h = hw, .w = hw + 1, .k = k, .r = filter, .s = filter, .groups = groups};
  d.stride = {stride, stride};
  d.pad = {pad, pad};
  d.dilation = {dilation, dilation};
  d.p = conv_output_extent(d.h, d.r, stride, pad, dilation);
  d.q = conv_output_extent(d.w, d.s, stride, pad, dilation);
  return d;
}

inline TraceOperation conv_operation(const ConvDims& dims, Pass pass) {
  TraceOperation operation;
  operation.layer = "conv";
  operation.op = "conv2d";
  operation.pass = pass;
  operation.conv = dims;
  operation.gemm = conv_gemm(dims, pass);
  operation.macs = *conv_macs(dims);
  return operation;
}

// Calls f(x, w, y) with the offsets into input, filter and output of every multiplication of the convolution
// that does not meet padding: its definition, without matrices.
inline void for_each_mac(const ConvDims& d,
                         const std::function<void(std::size_t, std::size_t, std::size_t)>& f) {
  const std::int64_t channels = d.c / d.groups, filters = d.k / d.groups;
  for (std::int64_t n = 0; n < d.n; ++n)
    for (std::int64_t k = 0; k < d.k; ++k)
      for (std::int64_t p = 0; p < d.p; ++p)
        for (std::int64_t q = 0; q < d.q; ++q)
          for (std::int64_t c = 0; c < channels; ++c)
            for (std::int64_t r = 0; r < d.r; ++r)
              for (std::int64_t s = 0; s < d.s; ++s) {
                const std::int64_t h = p * d.stride[0] + r * d.dilation[0] - d.pad[0];
                const std::int64_t w = q * d.stride[1] + s * d.dilation[1] - d.pad[1];
                if (h < 0 || h >= d.h || w < 0 || w >= d.w) continue;
                const std::int64_t x = ((n * d.c + k / filters * channels + c) * d.h + h) * d.w + w;
                f(static_cast<std::size_t>(x),
                  static_cast<std::size_t>(((k * channels + c) * d.r + r) * d.s + s),
                  static_cast<std::size_t>(((n * d.k + k) * d.p + p) * d.q + q));
              }
}

inline std::size_t input_size(const ConvDims& d) {
  return static_cast<std::size_t>(d.n * d.c * d.h * d.w);
}
inline std::size_t filter_size(const ConvDims& d) {
  return static_cast<std::size_t>(d.k * (d.c / d.groups) * d.r * d.s);
}
inline std::size_t output_size(const ConvDims& d) {
  return static_cast<std::size_t>(d.n * d.k * d.p * d.q);
}

// Sizes of the trace line's operands and result.
struct Sizes {
  std::size_t a, b, out;
};
inline Sizes sizes_of(const ConvDims& d, Pass pass) {
  const std::size_t x = input_size(d), w = filter_size(d), y = output_size(d);
  if (pass == Pass::forward) return {x, w, y};
  if (pass == Pass::input_gradient) return {y, w, x};
  return {y, x, w};
}

// out = a * b of the pass, over values of any arithmetic type.
template <class Value>
std::vector<Value> convolve(const ConvDims& d, Pass pass, const std::vector<Value>& a,
                            const std::vector<Value>& b) {
  std::vector<Value> out(sizes_of(d, pass).out);
  for_each_mac(d, [&](std::size_t x, std::size_t w, std::size_t y) {
    if (pass == Pass::forward) {
      out[y] += a[x] * b[w];
    } else if (pass == Pass::input_gradient) {
      out[x] += a[y] * b[w];
    } else {
      out[w] += a[y] * b[x];
    }
  });
  return out;
}

}  // namespace lnsim::test
