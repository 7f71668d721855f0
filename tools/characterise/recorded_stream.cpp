#include "tools/characterise/recorded_stream.h"

#include <algorithm>
#include <set>

#include "sim/run/compile/product.h"
#include "sim/run/replay/operand_source.h"
#include "sim/run/replay/replay.h"
#include "tools/characterise/random_reals.h"

namespace lnsim::characterise {
namespace {

using arith::Code;

// The codes of one operand's tensor, and the vectors that a product's view takes out of it.
class RecordedOperand {
 public:
  RecordedOperand(const Tensor& tensor, const arith::FormatParameters& parameters)
      : format_(arith::make_format(parameters)) {
    const arith::Scale scale = format_->scale_for(max_magnitude(tensor.values));
    arith::QuantiseCounts counts;
    codes_.reserve(tensor.values.size());
    for (const double value : tensor.values) codes_.push_back(format_->quantise(value, scale, counts));
  }

  // A slot of a vector that the contraction or the tensor leaves free holds a zero.
  void append(const MatrixView& view, const Contraction& contraction, std::int64_t group, std::int64_t row,
              std::int64_t vector, unsigned size, std::vector<Code>& out) const {
    for (unsigned lane = 0; lane < size; ++lane) {
      const Contraction::Element element = contraction.element(Packing::channel, size, vector, lane);
      const std::int64_t offset =
          element.padding ? -1 : Product::offset(view, group, row, element.channel, element.tap);
      out.push_back(offset < 0 ? format_->zero_code() : codes_[static_cast<std::size_t>(offset)]);
    }
  }
  void append_padding(unsigned size, std::vector<Code>& out) const {
    out.insert(out.end(), size, format_->zero_code());
  }

 private:
  std::unique_ptr<const arith::NumberFormat> format_;
  std::vector<Code> codes_;
};

class RecordedStream final : public OperandStream {
 public:
  RecordedStream(std::vector<Product> products, const Tensor& a, const Tensor& b,
                 const DesignParameters& design, std::uint64_t seed)
      : products_(std::move(products)),
        size_(design.vector_size),
        entries_(design.collector_entries),
        random_(seed),
        a_(a, format_a(design)),
        b_(b, format_b(design)) {
    std::erase_if(products_, [](const Product& p) { return p.macs == 0; });
    if (products_.empty()) throw ModelError("a product without multiplications");
  }

  Hold next() override {
    if (vector_ == 0) choose();
    const Product& p = products_[product_];
    Hold hold;
    hold.first = vector_ == 0;
    a_.append(p.a, p.contraction, group_, row_, vector_, size_, hold.a);
    for (std::int64_t column = column_; column < column_ + entries_; ++column) {
      if (column < p.columns) {
        b_.append(p.b, p.contraction, group_, column, vector_, size_, hold.b);
      } else {
        b_.append_padding(size_, hold.b);
      }
    }
    vector_ = (vector_ + 1) % p.contraction.vectors(Packing::channel, size_);
    return hold;
  }

 private:
  std::int64_t below(std::int64_t count) {
    return static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(count)));
  }

  void choose() {
    product_ = static_cast<std::size_t>(below(static_cast<std::int64_t>(products_.size())));
    const Product& p = products_[product_];
    group_ = below(p.groups);
    row_ = below(p.rows);
    column_ = below((p.columns + entries_ - 1) / entries_) * entries_;
  }

  std::vector<Product> products_;
  unsigned size_;
  std::int64_t entries_;
  Random random_;
  RecordedOperand a_, b_;
  std::size_t product_ = 0;
  std::int64_t group_ = 0, row_ = 0, column_ = 0, vector_ = 0;
};

[[noreturn]] void refuse(const Trace& trace, int line, const std::string& got, const std::string& expected) {
  throw UserError(Diagnostic{{trace.path.string(), line, 0}, "", got, expected});
}

}  // namespace

std::unique_ptr<OperandStream> make_recorded_stream(const StreamParameters& stream,
                                                    const DesignParameters& design, std::uint64_t seed,
                                                    const std::filesystem::path& folder) {
  const Trace trace = read_trace(folder / stream.trace);
  const std::string pass(kPassNames[static_cast<std::size_t>(stream.pass)]);
  const auto operation =
      std::find_if(trace.operations.begin(), trace.operations.end(), [&](const TraceOperation& candidate) {
        return candidate.layer == stream.layer && candidate.pass == stream.pass && candidate.macs > 0;
      });
  if (operation == trace.operations.end()) {
    std::vector<std::string> layers;
    for (const TraceOperation& candidate : trace.operations)
      if (candidate.macs > 0) layers.push_back(candidate.layer);
    const std::string near = nearest_name(stream.layer, layers);
    refuse(trace, 0, "no " + pass + " product of the layer " + stream.layer,
           near.empty() ? "one" : "one (did you mean " + near + "?)");
  }
  if (!has_operands(*operation)) {
    refuse(trace, operation->line, "a product without operands", "tensors for both");
  }
  const TensorStore store(trace);
  const Tensor first = store.read(operation->a), second = store.read(operation->b);
  std::vector<Product> products = products_of(*operation);
  const bool a_stays = products.front().stationary == TraceOperand::a;
  return std::make_unique<RecordedStream>(std::move(products), a_stays ? first : second,
                                          a_stays ? second : first, design, seed);
}

}  // namespace lnsim::characterise
