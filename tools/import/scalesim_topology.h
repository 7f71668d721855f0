// A SCALE-Sim topology file (scalesim-project/SCALE-Sim, scalesim/topology_utils.py): a header line, then a
// layer per line.
//
// Convolution form: layer, input height and width, filter height and width, channels, filters, stride. GEMM
// form, told by its header `Layer, M, N, K`: layer, M, N, K. Values are read by position, as SCALE-Sim reads
// them. Behind them may stand a sparsity N:M, a batch, and a stride along the width where the header names
// one; a plain number in the fifth column of the GEMM form is a batch. Other columns are notes.
//
// Read as it is in the wild: byte-order mark, CRLF, padded values, with or without the comma at a line's end,
// more columns than the header has, lines that are blank or hold only commas.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "sim/run/trace/trace.h"

namespace lnsim::scalesim {

inline constexpr std::size_t kLargestBytes = std::size_t{1} << 24;  // our choice: some 300 000 layers

// What a row computes: a convolution or, without one, a product.
struct Row {
  std::string layer;  // unique in the file: further layers of that name get _2, _3 and so on
  int line = 0;
  // Without padding. SCALE-Sim counts a last window that passes the far edge of the input, so height and
  // width are those that all windows cover: filter + (outputs - 1) stride. A layer with DP in its name is
  // depthwise: `filters` of them for every channel.
  std::optional<ConvDims> conv;
  // A row of the GEMM form, a product written as a convolution (one channel, filters one line high and as
  // wide as the input), or a convolution with a single output pixel.
  GemmDims gemm;
  std::string sparsity;  // N:M unless it is 1:1
};

// At least one row; all extents within the trace's limits, all counts below 2^62. The file may be packed with
// gzip. Throws UserError when it cannot be read, holds more than `largest_bytes` or is no such table, with
// line and column of every mistake (at most 20).
std::vector<Row> read_topology(const std::filesystem::path& path, std::size_t largest_bytes = kLargestBytes);

// Whether a file that begins with `head` has the header of such a table.
bool has_topology_header(std::string_view head);

}  // namespace lnsim::scalesim
