// From a traced operation to the program the machine runs: lowering, mapping, program.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "models/control/program.h"
#include "sim/run/compile/operators.h"
#include "sim/run/compile/product.h"
#include "sim/run/compile/product_shape.h"
#include "sim/run/compile/tiling.h"
#include "sim/run/config/run_config.h"
#include "sim/run/energy/energy_table.h"
#include "sim/run/trace/trace.h"

namespace lnsim {

// What the mapper chose for a product, for the report.
struct MappingChoice {
  PeGrid grid;
  std::uint32_t rows = 0, columns = 0;         // of a PE's tile
  std::uint32_t vectors_a = 0, vectors_b = 0;  // of an A and a B tile
  LoopOrder order = LoopOrder::rows_outer;
  std::string reason;  // `given`, or the objective and how many candidates were weighed
};

struct CompiledOperation {
  std::vector<Product> products;       // empty for operators without a product
  std::vector<MappingChoice> mapping;  // one per product
  Program program;
  std::uint64_t macs = 0;  // closed formula
  // Beats of one PE that the products take under any tiling: a beat is one vector of one column for `lanes`
  // rows.
  std::uint64_t least_beats = 0;
  // Operations with equal signatures compile to equal programs and take equal cycles on equal machines.
  std::string signature;
};

// Compiles any number of a trace's operations for one machine. Not for several threads at once; what it is
// made of must outlive it.
class Compiler {
 public:
  Compiler(const Trace& trace, const RunConfig& config, const EnergyCosts& costs);

  const RunConfig& config() const { return config_; }

  // For all PEs of the machine, or for `pes` of them. Throws UserError when the machine cannot run the
  // operation at all (for example a buffer smaller than one vector), with the trace line.
  CompiledOperation compile(const TraceOperation& operation);
  CompiledOperation compile(const TraceOperation& operation, std::uint32_t pes);

 private:
  friend class OperationCompiler;

  std::uint32_t accumulator_bits(const Product& product);

  const Trace& trace_;
  const RunConfig& config_;
  RunConfig some_pes_;  // with the number of PEs that is compiled for
  const EnergyCosts& costs_;
  KindBits bits_;
  std::map<std::pair<TensorKind, TensorKind>, std::uint32_t> accumulator_bits_;  // by operands
};

// Compiles one operation for several numbers of PEs: what its tiles hold is counted once. The compiler and
// the operation must outlive it.
class OperationCompiler {
 public:
  OperationCompiler(Compiler& compiler, const TraceOperation& operation);
  OperationCompiler(const OperationCompiler&) = delete;
  OperationCompiler& operator=(const OperationCompiler&) = delete;

  // As Compiler::compile; nothing where that is the program that was compiled last.
  std::optional<CompiledOperation> compile(std::uint32_t pes);

 private:
  Compiler& compiler_;
  const TraceOperation& operation_;
  OperatorKind kind_;
  std::vector<Product> products_;  // as the next one, empty for operators without a product
  std::vector<ProductShape> shapes_;
  std::vector<Tiling> tilings_;  // of the last program, where nothing else decides it
};

// Of a single operation.
CompiledOperation compile(const TraceOperation& operation, const Trace& trace, const RunConfig& config,
                          const EnergyCosts& costs);

}  // namespace lnsim
