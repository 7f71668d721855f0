#include "sim/run/compile/tile_footprint.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

#include "sim/run/compile/conv_products.h"
#include "sim/run/compile/stored_tensor.h"
#include "sim/run/trace/trace_formulas.h"

namespace lnsim {
namespace {

ConvDims conv(std::int64_t n, std::int64_t c, std::int64_t h, std::int64_t w, std::int64_t k, std::int64_t r,
              std::int64_t s, std::int64_t groups, std::array<std::int64_t, 2> stride,
              std::array<std::int64_t, 2> pad, std::array<std::int64_t, 2> dilation) {
  ConvDims d{n, c, h, w, k, r, s, 1, 1, groups, stride, pad, dilation};
  d.p = conv_output_extent(h, r, stride[0], pad[0], dilation[0]);
  d.q = conv_output_extent(w, s, stride[1], pad[1], dilation[1]);
  return d;
}

const std::vector<ConvDims>& cases() {
  static const std::vector<ConvDims> all{
      conv(2, 5, 6, 7, 4, 3, 3, 1, {1, 1}, {1, 1}, {1, 1}),
      conv(2, 6, 7, 9, 8, 3, 3, 2, {2, 2}, {1, 1}, {1, 1}),
      conv(1, 4, 6, 6, 3, 1, 1, 1, {2, 2}, {0, 0}, {1, 1}),
      conv(2, 4, 5, 5, 4, 3, 3, 4, {1, 1}, {1, 1}, {1, 1}),
      conv(1, 3, 9, 8, 2, 3, 2, 1, {2, 1}, {2, 0}, {1, 3}),
      conv(1, 2, 9, 9, 2, 3, 3, 1, {3, 3}, {2, 2}, {2, 2}),
  };
  return all;
}

// The definition: the set of offsets of all elements of the tile.
std::set<std::int64_t> offsets(const MatrixView& view, const Contraction& contraction, Packing packing,
                               std::int64_t size, std::int64_t group, IndexRange rows, IndexRange vectors) {
  std::set<std::int64_t> touched;
  for (std::int64_t row = rows.begin; row < rows.end; ++row) {
    for (std::int64_t v = vectors.begin; v < vectors.end; ++v) {
      for (std::int64_t lane = 0; lane < size; ++lane) {
        const auto e = contraction.element(packing, size, v, lane);
        if (!e.padding) touched.insert(Product::offset(view, group, row, e.channel, e.tap));
      }
    }
  }
  touched.erase(-1);
  return touched;
}

// Where an element of a recorded tensor lies in the three axes of its stored form.
std::array<std::int64_t, 3> place(const StoredTensor& tensor, const MatrixView& view, std::int64_t offset) {
  if (tensor.image) {
    const std::int64_t plane = view.tensor_height * view.tensor_width;
    const std::int64_t image = offset / (plane * tensor.extent[1]);
    return {image * view.tensor_height + offset % plane / view.tensor_width,
            offset / plane % tensor.extent[1], offset % view.tensor_width};
  }
  if (tensor.filter) {
    const std::int64_t filter = tensor.extent[1] * tensor.extent[2];
    return {offset / filter, offset % tensor.extent[1], offset % filter / tensor.extent[1]};
  }
  return {offset / tensor.extent[2], 0, offset % tensor.extent[2]};
}

class Tiles {
 public:
  explicit Tiles(unsigned seed) : random_(seed) {}
  IndexRange range(std::int64_t end) {
    const std::int64_t begin = std::uniform_int_distribution<std::int64_t>(0, end - 1)(random_);
    return {begin, std::uniform_int_distribution<std::int64_t>(begin + 1, end)(random_)};
  }
  std::int64_t below(std::int64_t end) {
    return std::uniform_int_distribution<std::int64_t>(0, end - 1)(random_);
  }

 private:
  std::mt19937 random_;
};

void check_operand(const Product& p, const MatrixView& view, std::int64_t rows, Packing packing,
                   Tiles& tiles) {
  constexpr std::int64_t kSize = 4;
  const std::int64_t vectors = p.contraction.vectors(packing, kSize);
  if (vectors == 0) return;
  TileFootprint footprint(view, p.contraction, packing, kSize);
  const StoredTensor tensor = stored_tensor(view, p.groups, rows, p.contraction);
  const Pages pages(tensor, {2, 1, 3}, 16, 8, 8, 24);
  for (int i = 0; i < 25; ++i) {
    const std::int64_t group = tiles.below(p.groups);
    const IndexRange r = tiles.range(rows);
    const IndexRange v = tiles.range(vectors);
    const auto touched = offsets(view, p.contraction, packing, kSize, group, r, v);
    ASSERT_EQ(footprint.elements(r, v), touched.size());
    const auto boxes = tile_boxes(tensor, view, footprint, group, r, v);
    for (const std::int64_t offset : touched) {
      const auto at = place(tensor, view, offset);
      bool covered = false;
      for (const Box& box : boxes) {
        bool inside = true;
        for (unsigned axis = 0; axis < 3; ++axis)
          inside = inside && box[axis].begin <= at[axis] && at[axis] < box[axis].end;
        covered = covered || inside;
      }
      ASSERT_TRUE(covered) << "element " << offset << " in no box";
    }
    for (const Box& box : boxes) {
      for (unsigned axis = 0; axis < 3; ++axis) {
        ASSERT_GE(box[axis].begin, 0);
        ASSERT_LE(box[axis].end, tensor.extent[axis]);
      }
    }
    ASSERT_EQ(boxes.empty(), pages.touched(boxes).empty());
  }
}

TEST(TileFootprint, is_the_number_of_different_elements_and_its_boxes_cover_them) {
  Tiles tiles(3);
  for (const ConvDims& d : cases()) {
    for (const Pass pass : {Pass::forward, Pass::input_gradient, Pass::weight_gradient}) {
      for (const Product& p : conv_products(d, pass)) {
        for (const Packing packing : {Packing::channel, Packing::flat}) {
          check_operand(p, p.a, p.rows, packing, tiles);
          check_operand(p, p.b, p.columns, packing, tiles);
        }
      }
    }
  }
}

TEST(TileFootprint, of_matrices_in_both_layouts) {
  Tiles tiles(4);
  for (const bool transposed : {false, true}) {
    TraceOperation operation;
    operation.op = "bmm";
    operation.weights = false;
    operation.a = operation.b = operation.out = "key";
    operation.a_transposed = operation.b_transposed = transposed;
    operation.gemm = GemmDims{3, 5, 6, 7};
    const Product p = products_of(operation).front();
    check_operand(p, p.a, p.rows, Packing::channel, tiles);
    check_operand(p, p.b, p.columns, Packing::channel, tiles);
  }
}

TEST(TileFootprint, counts_a_halo_once) {
  // A 3 x 3 window over 4 output pixels of a row: 3 x 6 elements instead of 4 x 9.
  const Product p =
      conv_products(conv(1, 1, 8, 8, 1, 3, 3, 1, {1, 1}, {0, 0}, {1, 1}), Pass::forward).front();
  TileFootprint footprint(p.b, p.contraction, Packing::channel, 1);
  EXPECT_EQ(footprint.elements({0, 4}, {0, 9}), 18U);
}

TEST(Pages, cover_a_tensor_without_gap_or_overlap_and_charge_whole_bursts_for_runs) {
  StoredTensor tensor;
  tensor.extent = {7, 3, 10};
  const Pages pages(tensor, {2, 3, 4}, 16, 8, 8, 1000);
  // Runs of four bursts (16 elements of 2 bytes) take the whole last axis; two lines of 30 elements are one
  // run.
  EXPECT_EQ(pages.block(), (std::array<std::int64_t, 3>{2, 3, 10}));
  EXPECT_EQ(pages.count(), 4U);
  std::uint64_t dram = 0, buffer = 0;
  for (std::uint32_t page = 0; page < pages.count(); ++page) {
    EXPECT_EQ(pages.dram_offset(page), dram);
    dram += pages.size(page).dram_bytes;
    buffer += pages.size(page).buffer_bytes;
  }
  EXPECT_EQ(dram, 420U);
  EXPECT_EQ(buffer, 210U);
  // Blocks of 8 of 100 positions: each run of 16 bytes costs two bursts of 8.
  tensor.extent = {2, 1, 100};
  const Pages strided(tensor, {2, 1, 8}, 16, 8, 2, 16);
  EXPECT_EQ(strided.block(), (std::array<std::int64_t, 3>{2, 1, 8}));
  EXPECT_EQ(strided.size(0).dram_bytes, 2U * 16U);
  EXPECT_EQ(strided.size(0).buffer_bytes, 16U);
  EXPECT_EQ(strided.size(12).buffer_bytes, 2U * 4U);
}

}  // namespace
}  // namespace lnsim
