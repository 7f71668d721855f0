#include "sim/run/compile/compile.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "models/arith/datapath.h"
#include "models/arith/number_format.h"
#include "sim/base/errors.h"
#include "sim/run/compile/mapper.h"
#include "sim/run/compile/operators.h"
#include "sim/run/compile/product_program.h"
#include "sim/run/compile/signature.h"
#include "sim/run/compile/update_program.h"
#include "sim/run/compile/vector_program.h"
#include "sim/run/trace/trace_formulas.h"

namespace lnsim {
namespace {

class ProductCompiler {
 public:
  ProductCompiler(const TraceOperation& operation, const Trace& trace, const RunConfig& config,
                  const EnergyCosts& costs, const KindBits& bits, std::vector<ProductShape>& shapes)
      : operation_(operation), trace_(trace), config_(config), costs_(costs), bits_(bits), shapes_(shapes) {}

  // Nothing where the tilings are `known`, which then become the new ones.
  std::optional<CompiledOperation> compile(std::vector<Tiling>& known) {
    tilings_.resize(shapes_.size());
    const std::size_t given = matching_tiling(operation_, config_.mapping);
    if (given < config_.mapping.tiles.size()) {
      take_given(given);
    } else if (!search(known)) {
      return std::nullopt;
    }
    known = tilings_;
    compiled_.macs = operation_.macs;
    for (const ProductShape& shape : shapes_) {
      compiled_.products.push_back(shape.product());
      compiled_.least_beats += shape.least_beats(config_.machine.pe.lanes);
    }
    describe_mapping(given < config_.mapping.tiles.size());
    return std::move(compiled_);
  }

 private:
  void take_given(std::size_t index) {
    const TileLimits limits = tile_limits(config_.machine);
    for (std::size_t i = 0; i < shapes_.size(); ++i) {
      if (shapes_[i].vectors() == 0) continue;
      const GivenChoice choice = given_tiling(shapes_[i], config_.mapping.tiles[index], config_, limits);
      if (!choice.misfit.empty())
        fail(fmt::format("mapping.tiles[{}]", index), choice.misfit, "a tiling that fits");
      tilings_[i] = choice.tiling;
    }
    share_grid();
    try {
      compiled_.program = product_program(shapes_, tilings_, config_.machine, bits_);
    } catch (const TilesDoNotFit& misfit) {
      fail(fmt::format("mapping.tiles[{}]", index), misfit.what(), "a tiling that fits");
    }
  }

  // Tiles are estimated; when one turns out too large, or its pages do, smaller ones are looked for.
  bool search(const std::vector<Tiling>& known) {
    TileLimits limits = tile_limits(config_.machine);
    std::string misfit;
    while (limits.a_bytes > 0 && limits.b_bytes > 0 && choose(limits)) {
      if (tilings_ == known && tilings_decide()) return false;
      try {
        compiled_.program = product_program(shapes_, tilings_, config_.machine, bits_);
        return true;
      } catch (const TilesDoNotFit& error) {
        misfit = error.what();
      }
      limits.a_bytes /= 2;
      limits.b_bytes /= 2;
      limits.output_bytes /= 2;
      limits.sums_bytes /= 2;
    }
    fail_small(misfit);
  }

  // Zeros that no filter tap reaches are written by all PEs.
  bool tilings_decide() const {
    return std::all_of(shapes_.begin(), shapes_.end(),
                       [](const ProductShape& shape) { return shape.vectors() > 0; });
  }

  // The product with most multiplications chooses the grid, which all share.
  bool choose(const TileLimits& limits) {
    const auto main =
        std::max_element(shapes_.begin(), shapes_.end(),
                         [](const ProductShape& x, const ProductShape& y) { return work(x) < work(y); });
    std::optional<PeGrid> grid;
    const auto choose_one = [&](std::size_t i) {
      if (shapes_[i].vectors() == 0) return true;
      const auto choice = search_tiling(shapes_[i], config_, bits_, costs_, limits, grid);
      if (!choice) return false;
      tilings_[i] = choice->tiling;
      candidates_ += choice->candidates;
      grid = choice->tiling.grid;
      return true;
    };
    candidates_ = 0;
    const auto first = static_cast<std::size_t>(main - shapes_.begin());
    if (!choose_one(first)) return false;
    for (std::size_t i = 0; i < shapes_.size(); ++i) {
      if (i != first && !choose_one(i)) return false;
    }
    share_grid();
    return true;
  }

  static std::int64_t work(const ProductShape& shape) {
    const Product& p = shape.product();
    return p.groups * p.rows * p.columns * shape.vectors();
  }

  // Products without a contraction have no tiling of their own.
  void share_grid() {
    for (std::size_t i = 0; i < shapes_.size(); ++i) {
      if (shapes_[i].vectors() > 0) grid_ = tilings_[i].grid;
    }
    for (Tiling& tiling : tilings_) tiling.grid = grid_;
  }

  void describe_mapping(bool given) {
    for (std::size_t i = 0; i < shapes_.size(); ++i) {
      const Tiling& t = tilings_[i];
      MappingChoice choice;
      choice.grid = t.grid;
      if (shapes_[i].vectors() == 0) {
        choice.reason = "zeros: no filter tap reaches these results";
        compiled_.mapping.push_back(choice);
        continue;
      }
      choice.rows = static_cast<std::uint32_t>(t.rows);
      choice.columns = static_cast<std::uint32_t>(t.columns);
      choice.vectors_a = static_cast<std::uint32_t>(t.vectors_a);
      choice.vectors_b = static_cast<std::uint32_t>(t.vectors_b);
      choice.order = t.order;
      choice.reason = given
                          ? "given"
                          : fmt::format("{}: fewest PEs within 4 % of the best of {} candidates",
                                        kObjectiveNames[static_cast<std::size_t>(config_.mapping.objective)],
                                        candidates_);
      compiled_.mapping.push_back(choice);
    }
  }

  [[noreturn]] void fail(std::string path, std::string got, std::string expected) const {
    throw UserError(Diagnostic{
        {trace_.path.string(), operation_.line, 0}, std::move(path), std::move(got), std::move(expected)});
  }

  // Not even one vector of one row or column fits somewhere.
  [[noreturn]] void fail_small(const std::string& misfit) {
    const TileLimits limits = tile_limits(config_.machine);
    for (ProductShape& shape : shapes_) {
      if (shape.vectors() == 0) continue;
      const std::uint64_t a = shape.typical_a_bytes(1, 1);
      if (a > limits.a_bytes) {
        fail("pe.buffer_a.capacity_bytes", fmt::format("{}", config_.machine.pe.buffer_a.capacity_bytes),
             fmt::format("at least {} for two vectors of layer {}", 2 * a, operation_.layer));
      }
      const std::uint64_t b = shape.typical_b_bytes(1, 1);
      if (b > limits.b_bytes) {
        fail("pe.buffer_b.capacity_bytes", fmt::format("{}", config_.machine.pe.buffer_b.capacity_bytes),
             fmt::format("at least {} for two vectors of layer {}", 2 * b, operation_.layer));
      }
    }
    fail("global_buffer.capacity_kib", fmt::format("{}", config_.machine.global_buffer.capacity_kib),
         fmt::format("more for layer {}: {}", operation_.layer, misfit));
  }

  const TraceOperation& operation_;
  const Trace& trace_;
  const RunConfig& config_;
  const EnergyCosts& costs_;
  const KindBits& bits_;
  CompiledOperation compiled_;
  std::vector<ProductShape>& shapes_;
  std::vector<Tiling> tilings_;
  PeGrid grid_;
  std::uint64_t candidates_ = 0;
};

std::uint64_t elements_of(const TraceOperation& operation, const Trace& trace) {
  const auto elements = element_count(operation.shape);
  if (elements) return static_cast<std::uint64_t>(*elements);
  throw UserError(Diagnostic{{trace.path.string(), operation.line, 0},
                             "shape",
                             fmt::format("{} extents", operation.shape.size()),
                             "positive extents whose product is at most 2^62"});
}

}  // namespace

Compiler::Compiler(const Trace& trace, const RunConfig& config, const EnergyCosts& costs)
    : trace_(trace),
      config_(config),
      some_pes_(config),
      costs_(costs),
      bits_(kind_bits(config.machine.formats)) {}

CompiledOperation Compiler::compile(const TraceOperation& operation) {
  return compile(operation, config_.machine.pe.count);
}

CompiledOperation Compiler::compile(const TraceOperation& operation, std::uint32_t pes) {
  return *OperationCompiler(*this, operation).compile(pes);
}

std::uint32_t Compiler::accumulator_bits(const Product& product) {
  const auto [entry, is_new] = accumulator_bits_.try_emplace({product.a.kind, product.b.kind}, 0);
  if (is_new) {
    const auto a = arith::make_format(format_of(config_.machine.formats, product.a.kind));
    const auto b = arith::make_format(format_of(config_.machine.formats, product.b.kind));
    entry->second = arith::make_datapath(config_.machine.datapath, *a, *b)->accumulator_bits();
  }
  return entry->second;
}

OperationCompiler::OperationCompiler(Compiler& compiler, const TraceOperation& operation)
    : compiler_(compiler), operation_(operation), kind_(operator_kind(operation, compiler.trace_)) {
  if (kind_ != OperatorKind::product) return;
  products_ = products_of(operation);
  // They agree in their operands' kinds.
  const std::uint32_t accumulator_bits = compiler.accumulator_bits(products_.front());
  for (const Product& product : products_)
    shapes_.emplace_back(product, compiler.config_.machine.pe, compiler.bits_, accumulator_bits);
}

std::optional<CompiledOperation> OperationCompiler::compile(std::uint32_t pes) {
  RunConfig& config = compiler_.some_pes_;
  config.machine.pe.count = pes;
  const Trace& trace = compiler_.trace_;
  std::optional<CompiledOperation> compiled(std::in_place);
  if (kind_ == OperatorKind::product) {
    compiled = ProductCompiler(operation_, trace, config, compiler_.costs_, compiler_.bits_, shapes_)
                   .compile(tilings_);
  } else if (kind_ == OperatorKind::vector) {
    const VectorOperator& row = vector_operator(operation_, trace);
    compiled->program = vector_program(row, elements_of(operation_, trace), config.machine, compiler_.bits_);
  } else {
    compiled->program = update_program(elements_of(operation_, trace), config.machine, compiler_.bits_);
  }
  if (compiled) compiled->signature = operation_signature(operation_, config);
  return compiled;
}

CompiledOperation compile(const TraceOperation& operation, const Trace& trace, const RunConfig& config,
                          const EnergyCosts& costs) {
  return Compiler(trace, config, costs).compile(operation);
}

}  // namespace lnsim
