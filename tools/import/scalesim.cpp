#include "tools/import/scalesim.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "sim/base/errors.h"
#include "sim/run/trace/trace_formulas.h"
#include "sim/run/trace/trace_line.h"
#include "sim/run/workload/training_tape.h"
#include "tools/import/scalesim_topology.h"

namespace lnsim {

namespace {

using scalesim::Row;

struct PassFile {
  std::string_view ending;  // of the name before .csv
  Pass pass;
};
constexpr std::array<PassFile, 3> kGradientFiles{{{"_input_grad", Pass::input_gradient},
                                                  {"_inp_grad", Pass::input_gradient},
                                                  {"_weight_grad", Pass::weight_gradient}}};
constexpr std::string_view kForwardEnding = "_fwd";

std::string small_letters(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

// The rows of one pass by layer.
struct Gradients {
  Pass pass = Pass::input_gradient;
  std::filesystem::path path;
  std::vector<Row> rows;
};

std::string_view words_of(Pass gradient) {
  return gradient == Pass::input_gradient ? "input gradient" : "weight gradient";
}

// Without .csv and .gz.
std::string stem_of(const std::filesystem::path& path) {
  return (path.extension() == ".gz" ? path.stem() : path).stem().string();
}

std::optional<Pass> gradient_of(const std::filesystem::path& path) {
  const std::string stem = small_letters(stem_of(path));
  for (const PassFile& file : kGradientFiles) {
    if (stem.ends_with(file.ending)) return file.pass;
  }
  return std::nullopt;
}

// The gradient files beside NAME_fwd.csv.
std::vector<Gradients> gradients_beside(const std::filesystem::path& path, std::size_t largest_bytes) {
  const std::string stem = stem_of(path);
  if (!small_letters(stem).ends_with(kForwardEnding)) return {};
  const std::string name = stem.substr(0, stem.size() - kForwardEnding.size());
  std::vector<Gradients> found;
  for (const PassFile& file : kGradientFiles) {
    const bool known =
        std::any_of(found.begin(), found.end(), [&](const Gradients& g) { return g.pass == file.pass; });
    const std::filesystem::path beside =
        path.parent_path() /
        fmt::format("{}{}{}", name, file.ending, path.filename().string().substr(stem.size()));
    if (!known && std::filesystem::exists(beside)) {
      found.push_back({file.pass, beside, scalesim::read_topology(beside, largest_bytes)});
    }
  }
  return found;
}

void write_layer(const Row& row, InputGradient input_gradient, TrainingTape& tape) {
  if (row.conv) {
    tape.convolution(row.layer, *row.conv, input_gradient);
  } else if (row.gemm.batch > 1) {
    tape.batched_product(row.layer, row.gemm);
  } else {
    tape.matmul(row.layer, {row.gemm.m, row.gemm.k, row.gemm.n}, WeightOwner::this_layer);
  }
}

std::vector<TraceOperation> derived_iteration(const std::vector<Row>& rows, InputGradient of_first) {
  TrainingTape tape;
  for (const Row& row : rows) {
    write_layer(row, &row == &rows.front() ? of_first : InputGradient::needed, tape);
  }
  return tape.iteration();
}

TraceOperation gradient_line(const Row& row, Pass pass) {
  TraceOperation line;
  line.layer = row.layer;
  line.pass = pass;
  GemmDims gemm = row.conv ? conv_gemm(*row.conv, Pass::forward) : row.gemm;
  if (pass == Pass::weight_gradient) std::swap(gemm.m, gemm.n);
  line.op = gemm.batch > 1 ? "bmm" : "linear";
  line.weights = gemm.batch == 1;
  if (!line.weights) line.operand = pass == Pass::input_gradient ? "a" : "b";
  line.a_transposed = pass == Pass::weight_gradient;
  line.gemm = gemm;
  line.macs = gemm_macs(gemm).value();
  return line;
}

TraceOperation update_line(const Row& row) {
  TraceOperation line;
  line.layer = row.layer;
  line.op = "update";
  line.pass = Pass::update;
  line.shape = {row.gemm.n, row.gemm.m};
  if (row.conv) line.shape = {row.conv->k, row.conv->n, row.conv->p, row.conv->q};
  line.update.emplace();
  line.update->parameter = fmt::format("{}.weight", line.layer);
  return line;
}

void number_lines(std::vector<TraceOperation>& operations) {
  for (std::size_t i = 0; i < operations.size(); ++i) operations[i].index = static_cast<std::int64_t>(i);
}

// The rows of a gradient file alone, last layer first, and the updates of the weights.
std::vector<TraceOperation> gradients_alone(const Gradients& gradients) {
  std::vector<TraceOperation> operations, updates;
  for (auto row = gradients.rows.rbegin(); row != gradients.rows.rend(); ++row) {
    operations.push_back(gradient_line(*row, gradients.pass));
    const bool of_weights = gradients.pass == Pass::weight_gradient && operations.back().weights;
    if (of_weights) updates.push_back(update_line(*row));
  }
  operations.insert(operations.end(), updates.begin(), updates.end());
  number_lines(operations);
  return operations;
}

// The gradient that `gradients` has for each layer, in place of the derived one.
void join(const Gradients& gradients, const std::vector<Row>& forward,
          std::vector<TraceOperation>& operations) {
  std::unordered_map<std::string, const Row*> row_of;
  for (const Row& row : gradients.rows) row_of.emplace(row.layer, &row);
  std::vector<TraceOperation> joined;
  for (TraceOperation& line : operations) {
    const auto row = row_of.find(line.layer);
    if (line.pass != gradients.pass) {
      joined.push_back(std::move(line));
    } else if (row != row_of.end()) {
      joined.push_back(gradient_line(*row->second, gradients.pass));
    }
  }
  operations = std::move(joined);
  Mistakes mistakes;
  std::unordered_map<std::string, const Row*> layers;
  for (const Row& row : forward) layers.emplace(row.layer, &row);
  for (const Row& row : gradients.rows) {
    if (!layers.contains(row.layer)) {
      mistakes.add({{gradients.path.string(), row.line, 1}, "", row.layer, "a layer of the forward file"});
    }
  }
  mistakes.throw_if_any();
}

void note_sparsity(const std::vector<Row>& rows, ImportResult& result) {
  for (const Row& row : rows) {
    if (!row.sparsity.empty()) ++result.unmapped[fmt::format("sparsity {}", row.sparsity)];
  }
}

// The forward pass, and the gradients that were given or else are derived.
void import_iteration(const std::vector<Row>& rows, const std::vector<Gradients>& given,
                      ImportResult& result) {
  const auto has = [&](Pass pass) {
    return std::any_of(given.begin(), given.end(), [&](const Gradients& g) { return g.pass == pass; });
  };
  result.trace.operations =
      derived_iteration(rows, has(Pass::input_gradient) ? InputGradient::needed : InputGradient::not_needed);
  for (const Gradients& gradients : given) {
    join(gradients, rows, result.trace.operations);
    note_sparsity(gradients.rows, result);
    const std::string file = gradients.path.filename().string();
    result.trace.header.source += fmt::format(", {}", file);
    result.notes.push_back(fmt::format("The {} is from {}.", words_of(gradients.pass), file));
  }
  number_lines(result.trace.operations);
  for (const Pass pass : {Pass::input_gradient, Pass::weight_gradient}) {
    if (!has(pass)) {
      result.notes.push_back(fmt::format("The {} is derived from the forward pass.", words_of(pass)));
    }
  }
  result.notes.emplace_back("Every layer without a batch is taken to have weights: the format does not say.");
}

}  // namespace

bool looks_like_scalesim(std::string_view beginning, std::string_view) {
  return scalesim::has_topology_header(beginning);
}

ImportResult import_scalesim(const std::filesystem::path& path, const ImportOptions& options) {
  const std::size_t largest_bytes = std::min(options.largest_bytes, scalesim::kLargestBytes);
  const std::vector<Row> rows = scalesim::read_topology(path, largest_bytes);
  ImportResult result;
  result.trace.header = import_header(path, fmt::format("SCALE-Sim topology {}", path.filename().string()));
  note_sparsity(rows, result);
  if (const auto pass = gradient_of(path)) {
    result.trace.operations = gradients_alone({*pass, path, rows});
    result.notes.push_back(
        fmt::format("A file of one pass: every row is the {} of its layer.", words_of(*pass)));
  } else {
    import_iteration(rows, gradients_beside(path, largest_bytes), result);
  }
  result.totals = trace_totals(result.trace);
  return result;
}

}  // namespace lnsim
