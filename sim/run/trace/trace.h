// The native layer trace in memory: what one training iteration executed, operator by operator.
//
// On disk a trace is a JSON Lines manifest, `NAME.jsonl`: one header, one line per executed operator in
// execution order, one line per tensor; tensors, if any, stand in an .npz beside it (or single .npy files).
// The manifest alone is a shape-only trace. Format names: `lns-layertrace/0` and `/1` are read, `/1` is
// written. Keys that are not known are passed over.
//
// A sample of a large iteration is a trace of its own beside the shapes of the whole one: of every product,
// and update, some of the rows and columns, with the whole contraction, so that each recorded result is one
// of the whole product's. It is written as that smaller product (`linear` with a batch entry per group for a
// convolution); what it is a sample of stands in the header (`sample`) and, per line, in `sample_of`. Cycles
// of a sample are the sample's own.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/base/errors.h"

namespace lnsim {

// `backward` is the single backward pass of an operator without weights (normalisation counts its parameters'
// gradients in).
enum class Pass : std::uint8_t { forward, input_gradient, weight_gradient, backward, update };
// As reports spell them.
inline constexpr std::array<std::string_view, 5> kPassNames{"forward", "input_gradient", "weight_gradient",
                                                            "backward", "weight_update"};
// As traces spell them.
inline constexpr std::array<std::string_view, 5> kTracePassNames{"fwd", "bwd_input", "bwd_weight", "bwd",
                                                                 "update"};

// Convolution as in the forward pass, whatever pass the line is of: x[N,C,H,W] * w[K,C/groups,R,S] ->
// y[N,K,P,Q].
struct ConvDims {
  std::int64_t n = 1, c = 1, h = 1, w = 1, k = 1, r = 1, s = 1, p = 1, q = 1;
  std::int64_t groups = 1;
  std::array<std::int64_t, 2> stride{1, 1};
  std::array<std::int64_t, 2> pad{0, 0};
  std::array<std::int64_t, 2> dilation{1, 1};
  bool operator==(const ConvDims&) const = default;
};

// The product this line computes: out[batch, m, n] = sum over k.
struct GemmDims {
  std::int64_t batch = 1, m = 1, n = 1, k = 1;
  bool operator==(const GemmDims&) const = default;
};

// One parameter's weight update. Weights w and gradient dw are those that the rule takes: a recorded step
// that decays weights has done so in one of them.
struct UpdateRecord {
  std::string parameter;
  std::string rule;  // empty: the run config's optimizer decides
  std::optional<double> learning_rate;
  std::int64_t step = 1;         // 1 for the first update: bias correction
  std::string w, dw, v, m, out;  // tensor keys; empty without operands
  std::string before;            // in traces `w_before`: the weights before they were decayed, if they were
  // Storage of the weights in LNS: value = 2^((e + k) / gamma), 8-bit operand code derived with scale kb; as
  // recorded.
  std::optional<int> store_bits, store_gamma, store_k, store_kb;
  double learning_rate_scale = 1.0;
  double beta = 0.999;
  double gradient_bound = 10.0;
  // Decay of the first moment (sgd, adam) and of the second, and adam's epsilon; empty: the run config's.
  std::optional<double> momentum, second_momentum, epsilon;
};

// Windows of pooling, as vertical and horizontal pairs.
struct PoolingWindow {
  std::array<std::int64_t, 2> kernel{1, 1}, stride{1, 1}, pad{0, 0}, dilation{1, 1};
  bool operator==(const PoolingWindow&) const = default;
};

// How values flow through an operator without a product, for replays in which one operator takes what another
// made. A value is known by the key of its recorded tensor, or by a name of its own where nobody kept it; the
// line that has a name in `outputs` (products: in `out`) makes it for all later lines, unless it is composed
// of other values (ComposedValue). Empty: not recorded.
struct ValueFlow {
  // In traces `in`. Forward: the operands. Backward: gradients of the result; several, of a result with
  // several uses, are added up.
  std::vector<std::string> inputs;
  // In traces `out`. Forward: every name under which others read the one result, in C order, whatever their
  // shape. Backward: the gradient of every operand, then of every parameter that has one, in their order;
  // those at the end that nobody reads may be left out.
  std::vector<std::string> outputs;
  // In traces `params`: recorded tensors. Normalisations: weight and bias, none where they have none;
  // cross_entropy, nll_loss: the labels as class numbers; embedding: the rows' numbers; dropout: what each
  // element is multiplied by.
  std::vector<std::string> parameters;
  std::optional<double> epsilon;           // in traces `eps`; of normalisations
  std::optional<PoolingWindow> window;     // in traces `window`; of pooling that is not adaptive
  std::vector<std::int64_t> result_shape;  // in traces `out_shape`; of pooling
  bool operator==(const ValueFlow&) const = default;
};

// StridedPlaces in an array: first + sum of index[i] * strides[i].
struct StridedPlaces {
  std::int64_t first = 0;
  std::vector<std::int64_t> strides;
  bool operator==(const StridedPlaces&) const = default;
};

// Adds factor * of[from] to element `to` of a value, for every index below `shape`. Without a shape: the
// whole value, element by element. Views, copies, concatenations, broadcasts, sums over axes, and the
// gradients of all of them are such sums.
struct ValuePart {
  std::string of;
  double factor = 1.0;
  std::vector<std::int64_t> shape;
  StridedPlaces from, to;
  bool operator==(const ValuePart&) const = default;
};

// A sum of parts of other values, none of them itself; no operator makes it. In traces a line `value` for
// each part, anywhere; `from` and `to`: first place, strides. Names are made once. Where the recorder lost a
// value, one line says why (`because`), and replays take the recorded tensor of that name.
struct ComposedValue {
  std::int64_t elements = 0;
  std::vector<ValuePart> parts;
  std::string because;
  bool operator==(const ComposedValue&) const = default;
};

struct TraceOperation {
  std::optional<std::int64_t> index;  // `i` of its line, by which `deps` of later lines know it
  std::string layer;
  std::string op;  // an operator of the operator table
  Pass pass = Pass::forward;
  std::optional<ConvDims> conv;
  std::optional<GemmDims> gemm;  // conv, linear, matmul, bmm
  std::vector<std::int64_t>
      shape;              // operators without a product: the shape they work on; update: of the parameter
  std::string a, b, out;  // tensor keys of a recorded product; empty without operands
  bool a_transposed = false;
  bool b_transposed = false;
  std::string operand;     // bmm backward: which operand's gradient, "a" or "b"
  std::string bias;        // forward: tensor key of what is added to each row of `out` for those who read it
  bool weights = true;     // false: both operands are activations (attention)
  std::uint64_t macs = 0;  // useful multiply-accumulates; 0 for operators without a product
  std::optional<UpdateRecord> update;
  ValueFlow flow;  // operators without a product
  int line = 0;    // in the manifest
};

struct TensorInfo {
  std::string key;
  std::vector<std::int64_t> shape;
  std::string dtype;
  std::string file;  // .npy beside the manifest; empty: in the npz
  int line = 0;
};

// A tensor's elements, in C order, whatever floating-point type they were stored in.
struct Tensor {
  std::vector<std::int64_t> shape;
  std::vector<double> values;
};

// At most `rows` rows, columns and batch entries of each product of the iteration in the trace file `of`.
struct TraceSample {
  std::int64_t rows = 0;
  std::int64_t seed = 0;
  std::string of;
  bool operator==(const TraceSample&) const = default;
};

struct TraceHeader {
  std::string format;
  std::string model;
  std::string source;   // who made it: importer or recorder, and from what
  std::string tensors;  // npz file name beside the manifest; empty: shapes only
  std::map<std::string, std::pair<int, int>> numerics;  // tensor kind W, A, E, G -> (B, gamma), as recorded
  std::string underflow;                                // as recorded: clamp or flush
  std::optional<double> learning_rate;
  std::optional<TraceSample> sample;
};

struct Trace {
  std::filesystem::path path;
  TraceHeader header;
  std::vector<TraceOperation> operations;
  std::map<std::string, TensorInfo> tensors;
  std::map<std::string, ComposedValue> values;

  bool has_operands() const { return !header.tensors.empty() || !tensors.empty(); }
};

// Reads and checks a manifest: shapes against the closed formulas, MACs, references to tensors. Throws
// UserError with every mistake found, with line and column.
Trace read_trace(const std::filesystem::path& path);

// Writes a manifest (format /1); the file appears under its name only when complete.
void write_trace(const Trace& trace, const std::filesystem::path& path);

// A tensor's elements in C order, a block at a time.
class TensorBlocks {
 public:
  struct Source;
  explicit TensorBlocks(std::unique_ptr<Source> source);
  TensorBlocks(TensorBlocks&&) noexcept;
  ~TensorBlocks();
  // The next block, valid until the next call; empty after the last. All tensors of as many elements are cut
  // alike. Throws UserError for data that end too early or are damaged, NaN and infinity.
  std::span<const double> next();

 private:
  std::unique_ptr<Source> source_;
};

// The tensors of a trace, opened once and read one at a time.
class TensorStore {
 public:
  explicit TensorStore(
      const Trace& trace);  // throws UserError when the npz is absent, truncated or lies about its sizes
  ~TensorStore();
  // Throws UserError for a missing tensor, a shape or type other than the manifest says, NaN or infinity.
  Tensor read(const std::string& key) const;
  // The same a block at a time. The store must outlive what it returns.
  TensorBlocks open(const std::string& key) const;

 private:
  struct Archive;
  std::unique_ptr<Archive> archive_;
};

}  // namespace lnsim
