#include "tools/import/scalesim_topology.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <map>
#include <set>
#include <string_view>

#include "sim/base/errors.h"
#include "sim/base/text_file.h"
#include "sim/run/trace/trace_formulas.h"
#include "sim/run/trace/trace_line.h"
#include "sim/run/trace/trace_reader.h"
#include "tools/import/packed_file.h"

namespace lnsim::scalesim {

namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
constexpr std::size_t kEnoughMistakes = 1000;  // nobody reads more
constexpr std::string_view kSpaces = " \t\r";

struct Cell {
  std::string_view text;
  int column = 0;
};

Cell trimmed(std::string_view line, std::size_t from, std::size_t to) {
  std::size_t first = line.find_first_not_of(kSpaces, from);
  if (first == std::string_view::npos || first > to) first = to;
  const std::size_t last = line.substr(0, to).find_last_not_of(kSpaces);
  const bool empty = last == std::string_view::npos || last < first;
  return {line.substr(first, empty ? 0 : last + 1 - first), static_cast<int>(first) + 1};
}

std::vector<Cell> cells_of(std::string_view line) {
  std::vector<Cell> cells;
  for (std::size_t from = 0; from <= line.size();) {
    const std::size_t to = std::min(line.find(',', from), line.size());
    cells.push_back(trimmed(line, from, to));
    from = to + 1;
  }
  return cells;
}

// Without spaces and underscores, in small letters.
std::string plain_name(std::string_view text) {
  std::string name;
  for (const char c : text) {
    if (c != ' ' && c != '_') name += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return name;
}

std::optional<std::int64_t> integer(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

enum class Form : std::uint8_t { convolution, gemm };

struct Header {
  Form form = Form::convolution;
  // Columns behind those that every row has.
  std::optional<std::size_t> stride_width, sparsity, batch;
};

constexpr std::array<std::string_view, 7> kConvolutionColumns{
    "the input height",       "the input width",       "the filter height", "the filter width",
    "the number of channels", "the number of filters", "the stride"};
constexpr std::array<std::string_view, 3> kGemmColumns{"M", "N", "K"};

std::optional<Header> header_of(const std::vector<Cell>& cells) {
  const auto name = [&](std::size_t i) { return i < cells.size() ? plain_name(cells[i].text) : ""; };
  Header header;
  if (name(1) == "m" && name(2) == "n" && name(3) == "k") {
    header.form = Form::gemm;
  } else if (!name(1).starts_with("ifmap") || cells.size() <= kConvolutionColumns.size()) {
    return std::nullopt;
  }
  for (std::size_t i = header.form == Form::gemm ? 4 : 8; i < cells.size(); ++i) {
    if (name(i) == "stridewidth") header.stride_width = i;
    if (name(i).starts_with("sparsity")) header.sparsity = i;
    if (name(i).starts_with("batch")) header.batch = i;
  }
  return header;
}

class Reader {
 public:
  explicit Reader(std::string file) : file_(std::move(file)) {}

  std::vector<Row> read(std::string_view text) {
    if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
    for (std::size_t from = 0; from < text.size() && mistakes_found_ < kEnoughMistakes; ++line_) {
      const std::size_t to = std::min(text.find('\n', from), text.size());
      read_line(cells_of(text.substr(from, to - from)));
      from = to + 1;
    }
    if (rows_.empty() && !mistakes_.any()) {
      mistakes_.add({{file_}, "", "no layer", "a header line and a line for every layer"});
    }
    mistakes_.throw_if_any();
    return std::move(rows_);
  }

 private:
  void read_line(const std::vector<Cell>& cells) {
    const bool blank =
        std::all_of(cells.begin(), cells.end(), [](const Cell& cell) { return cell.text.empty(); });
    if (blank) return;
    if (!header_) return read_header(cells);
    const std::size_t before = mistakes_found_;
    Row row;
    row.line = line_;
    row.layer = unique_name(cells);
    if (header_->form == Form::gemm) {
      read_gemm(cells, row);
    } else {
      read_convolution(cells, row);
    }
    row.sparsity = read_sparsity(cells);
    if (mistakes_found_ == before) rows_.push_back(std::move(row));
  }

  // Nothing after a wrong header can be understood.
  void read_header(const std::vector<Cell>& cells) {
    header_ = header_of(cells);
    if (header_) return;
    throw UserError(
        Diagnostic{{file_, line_, 1},
                   "",
                   shown(cells),
                   "a header: `Layer name, IFMAP Height, IFMAP Width, Filter Height, Filter Width, "
                   "Channels, Num Filter, Strides` or `Layer, M, N, K`"});
  }

  static std::string shown(const std::vector<Cell>& cells) {
    std::string text;
    for (std::size_t i = 0; i < std::min<std::size_t>(cells.size(), 3); ++i) {
      text += fmt::format("{}{}", i == 0 ? "" : ", ", cells[i].text.substr(0, 20));
    }
    return fmt::format("`{}`", text + (cells.size() > 3 ? ", ..." : ""));
  }

  std::string unique_name(const std::vector<Cell>& cells) {
    const std::string name(cells[0].text);
    if (name.empty()) mistake(cells, 0, "the name of the layer");
    int& count = names_[name];
    std::string unique;
    do {
      unique = ++count == 1 ? name : fmt::format("{}_{}", name, count);
    } while (!used_.insert(unique).second);
    return unique;
  }

  void mistake(const std::vector<Cell>& cells, std::size_t i, std::string expected) {
    ++mistakes_found_;
    const bool there = i < cells.size();
    const Cell& cell = there ? cells[i] : cells.back();
    const bool empty = !there || cell.text.empty();
    mistakes_.add({{file_, line_, cell.column},
                   std::string(cells[0].text),
                   empty ? "nothing" : std::string(cell.text.substr(0, 60)),
                   std::move(expected)});
  }

  std::int64_t extent(const std::vector<Cell>& cells, std::size_t i, std::string_view what) {
    const auto value = i < cells.size() ? integer(cells[i].text) : std::nullopt;
    if (value && *value >= kExtentRange.lowest && *value <= kExtentRange.highest) return *value;
    mistake(cells, i, fmt::format("{}, from {} to {}", what, kExtentRange.lowest, kExtentRange.highest));
    return 1;
  }

  // 1 where the column is not there or empty.
  std::int64_t optional_extent(const std::vector<Cell>& cells, std::optional<std::size_t> i,
                               std::string_view what) {
    return i && *i < cells.size() && !cells[*i].text.empty() ? extent(cells, *i, what) : 1;
  }

  void read_gemm(const std::vector<Cell>& cells, Row& row) {
    row.gemm.m = extent(cells, 1, kGemmColumns[0]);
    row.gemm.n = extent(cells, 2, kGemmColumns[1]);
    row.gemm.k = extent(cells, 3, kGemmColumns[2]);
    const bool number = cells.size() > 4 && integer(cells[4].text);
    row.gemm.batch = optional_extent(
        cells, header_->batch ? header_->batch : std::optional(number ? 4U : cells.size()), "the batch");
    check_counts(cells, gemm_macs(row.gemm).has_value());
  }

  void read_convolution(const std::vector<Cell>& cells, Row& row) {
    std::array<std::int64_t, kConvolutionColumns.size()> value{};
    const std::size_t before = mistakes_found_;
    for (std::size_t i = 0; i < value.size(); ++i) value[i] = extent(cells, i + 1, kConvolutionColumns[i]);
    const auto [height, width, filter_height, filter_width, channels, filters, stride] = value;
    if (mistakes_found_ == before) {
      if (filter_height > height)
        mistake(cells, 3, fmt::format("a filter no higher than the input, {}", height));
      if (filter_width > width) mistake(cells, 4, fmt::format("a filter no wider than the input, {}", width));
    }
    ConvDims d;
    d.stride = {stride, header_->stride_width
                            ? extent(cells, *header_->stride_width, "the stride along the width")
                            : stride};
    d.n = optional_extent(cells, header_->batch, "the batch");
    if (mistakes_found_ != before) return;
    d.r = filter_height;
    d.s = filter_width;
    const auto outputs = [](std::int64_t in, std::int64_t filter, std::int64_t step) {
      return (in - filter + step - 1) / step + 1;
    };
    d.p = outputs(height, d.r, d.stride[0]);
    d.q = outputs(width, d.s, d.stride[1]);
    d.h = d.r + (d.p - 1) * d.stride[0];
    d.w = d.s + (d.q - 1) * d.stride[1];
    d.c = channels;
    d.groups = row.layer.find("DP") == std::string::npos ? 1 : channels;
    d.k = filters * d.groups;
    const bool in_range = std::max({d.h, d.w, d.k}) <= kExtentRange.highest;
    if (!check_counts(cells, in_range && conv_counts_fit(d))) return;
    set_product_or_convolution(d, row);
  }

  bool check_counts(const std::vector<Cell>& cells, bool fit) {
    if (fit) return true;
    ++mistakes_found_;
    mistakes_.add({{file_, line_, 1},
                   std::string(cells[0].text),
                   "more than 2^62 elements or multiply-accumulates",
                   "a layer that fits 64-bit counts"});
    return false;
  }

  static void set_product_or_convolution(const ConvDims& d, Row& row) {
    const bool row_by_row = d.c == d.groups && d.n == 1 && d.r == 1 && d.q == 1 && d.stride[0] == 1;
    const bool single_pixel = d.groups == 1 && d.p == 1 && d.q == 1;
    const GemmDims gemm = conv_gemm(d, Pass::forward);
    const bool in_range = std::max({gemm.m, gemm.n, gemm.k}) <= kExtentRange.highest;
    if (in_range && (row_by_row || single_pixel)) {
      row.gemm = gemm;
    } else {
      row.conv = d;
    }
  }

  // What stands in the named column or, without one, looks like it.
  std::string read_sparsity(const std::vector<Cell>& cells) {
    const std::size_t first = header_->form == Form::gemm ? 4 : 8;
    for (std::size_t i = first; i < cells.size(); ++i) {
      const std::string_view text = cells[i].text;
      const bool named = header_->sparsity == i && !text.empty();
      const std::size_t colon = text.find(':');
      const bool ratio = colon != std::string_view::npos && integer(text.substr(0, colon)) &&
                         integer(text.substr(colon + 1));
      if (ratio) return text == "1:1" ? "" : std::string(text);
      if (named) mistake(cells, i, "a sparsity N:M");
    }
    return "";
  }

  std::string file_;
  int line_ = 1;
  std::optional<Header> header_;
  std::map<std::string, int> names_;  // how often each was asked for
  std::set<std::string> used_;
  std::vector<Row> rows_;
  Mistakes mistakes_;
  std::size_t mistakes_found_ = 0;
};

}  // namespace

std::vector<Row> read_topology(const std::filesystem::path& path, std::size_t largest_bytes) {
  const std::string text = read_packed_file(path, largest_bytes);
  check_text(path.string(), text);
  return Reader(path.string()).read(text);
}

bool has_topology_header(std::string_view head) {
  if (head.starts_with(kByteOrderMark)) head.remove_prefix(kByteOrderMark.size());
  return header_of(cells_of(head.substr(0, head.find('\n')))).has_value();
}

}  // namespace lnsim::scalesim
