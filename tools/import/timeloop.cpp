#include "tools/import/timeloop.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <string>
#include <vector>

#include "sim/base/errors.h"
#include "sim/run/trace/trace_formulas.h"
#include "sim/run/trace/trace_reader.h"
#include "sim/run/workload/training_tape.h"
#include "tools/import/timeloop_problem.h"

namespace lnsim {

namespace {

using timeloop::DataSpace;
using timeloop::Problem;
using timeloop::Term;

[[noreturn]] void refuse(const Problem& problem, std::string got, std::string expected) {
  throw UserError(Diagnostic{{problem.file, problem.mark.line, problem.mark.column},
                             problem.path,
                             std::move(got),
                             std::move(expected)});
}

bool holds_weights(const DataSpace& space) {
  std::string name = space.name;
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return name.starts_with("weight") || name.starts_with("filter");
}

bool slides(const DataSpace& space) {
  return std::any_of(space.axes.begin(), space.axes.end(), [](const auto& axis) { return axis.size() > 1; });
}

// The parts of a problem as a convolution has them.
struct Operands {
  const DataSpace* input = nullptr;
  const DataSpace* weight = nullptr;
  const DataSpace* output = nullptr;
  bool named_weight = false;
};

Operands operands_of(const Problem& problem) {
  Operands found;
  std::vector<const DataSpace*> read;
  for (const DataSpace& space : problem.spaces) {
    if (!space.written) {
      read.push_back(&space);
    } else if (found.output == nullptr) {
      found.output = &space;
    } else {
      refuse(problem, "two data spaces with read_write", "one");
    }
  }
  if (found.output == nullptr) refuse(problem, "no data space with read_write", "one");
  if (read.size() != 2) refuse(problem, fmt::format("{} data spaces that are only read", read.size()), "two");
  if (slides(*found.output))
    refuse(problem, "an output over sums of dimensions", "no transposed convolution");
  if (slides(*read[0]) && slides(*read[1])) refuse(problem, "two inputs over sums of dimensions", "one");
  const bool first_is_weight = slides(*read[1]) || (!slides(*read[0]) && holds_weights(*read[0]));
  found.weight = first_is_weight ? read[0] : read[1];
  found.input = first_is_weight ? read[1] : read[0];
  found.named_weight = holds_weights(*found.weight);
  return found;
}

bool has(const DataSpace& space, std::size_t dimension) {
  for (const auto& axis : space.axes) {
    for (const Term& term : axis) {
      if (term.dimension == dimension) return true;
    }
  }
  return false;
}

// One axis along which the filter slides.
struct Sliding {
  std::int64_t outputs = 1, filter = 1, stride = 1, dilation = 1;
};

class Layer {
 public:
  explicit Layer(const Problem& problem) : problem_(problem), operands_(operands_of(problem)) {
    for (const auto& axis : operands_.input->axes) read_axis(axis);
    for (std::size_t i = 0; i < problem_.dimensions.size(); ++i) {
      if (!sliding_[i]) read_dimension(i);
    }
    set_axes();
    const bool in_range =
        std::max({dims_.n, dims_.c, dims_.k, dims_.groups, dims_.h, dims_.w}) <= kExtentRange.highest;
    if (!in_range || !conv_counts_fit(dims_)) {
      refuse(problem_, "extents that come to more than 2^31, or counts of more than 2^62", "a smaller layer");
    }
  }

  void write(const std::string& name, TrainingTape& tape) const {
    const ConvDims& d = dims_;
    const GemmDims gemm = conv_gemm(d, Pass::forward);
    const bool pixel_by_pixel = d.r == 1 && d.s == 1 && d.stride == std::array<std::int64_t, 2>{1, 1};
    if (axes_.empty() && d.groups > 1 && !operands_.named_weight) {
      tape.batched_product(name, gemm);
    } else if (d.groups == 1 && pixel_by_pixel && (d.p == 1 || d.q == 1)) {
      tape.matmul(name, {gemm.m, gemm.k, gemm.n}, WeightOwner::this_layer);
    } else {
      tape.convolution(name, d, InputGradient::needed);
    }
  }

 private:
  void read_axis(const std::vector<Term>& axis) {
    if (axis.size() == 1 && axis[0].coefficient == 1) return;
    if (axis.size() > 2) refuse(problem_, "an axis over more than two dimensions", "at most two");
    Sliding found;
    for (const Term& term : axis) {
      const std::int64_t bound = problem_.bounds[term.dimension];
      const bool of_weight = has(*operands_.weight, term.dimension);
      const bool of_output = has(*operands_.output, term.dimension);
      if (of_weight == of_output) {
        refuse(problem_, fmt::format("the dimension {} in a sum", problem_.dimensions[term.dimension]),
               "one that either the filter or the output has");
      }
      (of_output ? found.outputs : found.filter) = bound;
      (of_output ? found.stride : found.dilation) = term.coefficient;
      sliding_[term.dimension] = true;
    }
    // A dimension of one filter pixel and one output adds nothing.
    if (found.outputs > 1 || found.filter > 1) axes_.push_back(found);
  }

  void read_dimension(std::size_t i) {
    const std::int64_t bound = problem_.bounds[i];
    if (bound == 1) return;
    const bool input = has(*operands_.input, i);
    const bool weight = has(*operands_.weight, i);
    const bool output = has(*operands_.output, i);
    if (input + weight + output < 2) {
      refuse(problem_, fmt::format("the dimension {} in fewer than two data spaces", problem_.dimensions[i]),
             "a convolution or a matrix product");
    }
    if (input && weight && output) grow(dims_.groups, bound);
    if (input && (weight != output)) grow(weight ? dims_.c : dims_.n, bound);
    if (!input) grow(dims_.k, bound);
  }

  void grow(std::int64_t& extent, std::int64_t by) const {
    const std::array<std::int64_t, 2> factors{extent, by};
    const auto grown = element_count(factors);
    if (!grown) refuse(problem_, "more than 2^62 elements", "a smaller layer");
    extent = *grown;
  }

  void set_axes() {
    if (axes_.size() > 2) refuse(problem_, fmt::format("filters along {} axes", axes_.size()), "at most two");
    grow(dims_.c, dims_.groups);
    grow(dims_.k, dims_.groups);
    axes_.resize(axes_.empty() ? 0 : 2);
    if (axes_.empty()) return;
    const auto covered = [](const Sliding& a) {
      return (a.outputs - 1) * a.stride + (a.filter - 1) * a.dilation + 1;
    };
    dims_.h = covered(axes_[0]);
    dims_.w = covered(axes_[1]);
    dims_.p = axes_[0].outputs;
    dims_.q = axes_[1].outputs;
    dims_.r = axes_[0].filter;
    dims_.s = axes_[1].filter;
    dims_.stride = {axes_[0].stride, axes_[1].stride};
    dims_.dilation = {axes_[0].dilation, axes_[1].dilation};
  }

  const Problem& problem_;
  Operands operands_;
  std::vector<bool> sliding_ = std::vector<bool>(problem_.dimensions.size(), false);
  std::vector<Sliding> axes_;
  ConvDims dims_;
};

std::vector<std::filesystem::path> files_of(const std::filesystem::path& path) {
  if (!std::filesystem::is_directory(path)) return {path};
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(path)) {
    const std::string extension = entry.path().extension().string();
    if (extension == ".yaml" || extension == ".yml") files.push_back(entry.path());
  }
  if (files.empty())
    throw UserError(Diagnostic{{path.string()}, "", "a folder without .yaml files", "problems"});
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

bool looks_like_timeloop(std::string_view beginning, std::string_view file_name) {
  const bool yaml = file_name.ends_with(".yaml") || file_name.ends_with(".yml");
  return yaml &&
         (beginning.starts_with("problem:") || beginning.find("\nproblem:") != std::string_view::npos);
}

ImportResult import_timeloop(const std::filesystem::path& path, const ImportOptions& options) {
  ImportResult result;
  result.trace.header = import_header(path, fmt::format("Timeloop problem {}", path.filename().string()));
  TrainingTape tape;
  for (const std::filesystem::path& file : files_of(path)) {
    const std::vector<Problem> problems = timeloop::read_problems(file, options.largest_bytes);
    for (const Problem& problem : problems) {
      std::string name = import_header(file, "").model;
      if (problems.size() > 1) name += fmt::format("_{}", &problem - problems.data() + 1);
      Layer(problem).write(name, tape);
      if (problem.has_densities) ++result.unmapped["densities"];
    }
  }
  result.notes.emplace_back(
      "Gradients and updates are derived from the problems; every layer has an input gradient.");
  result.trace.operations = tape.iteration();
  result.totals = trace_totals(result.trace);
  return result;
}

}  // namespace lnsim
