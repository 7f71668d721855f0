#include "tools/import/pytorch.h"

#include <fmt/format.h>

#include <string_view>

#include "sim/base/errors.h"
#include "tools/import/pytorch_context.h"
#include "tools/import/pytorch_nodes.h"
#include "tools/import/pytorch_step.h"

namespace lnsim {

namespace {

// The file's name without what says how it is written.
std::string model_name(const std::filesystem::path& path) {
  std::string name = path.filename().string();
  for (const std::string_view suffix : {".gz", ".json", ".eg", ".et"}) {
    if (name.ends_with(suffix)) name.resize(name.size() - suffix.size());
  }
  return name;
}

}  // namespace

ImportResult import_pytorch(const std::filesystem::path& path, const PyTorchImportOptions& options) {
  const pytorch::Nodes nodes = pytorch::read_nodes(path, options.largest_bytes);
  const std::vector<pytorch::StepRange> steps = pytorch::steps_of(nodes.nodes);
  const auto fail = [&](std::string got, std::string expected) {
    throw UserError(Diagnostic{{path.string()}, "", std::move(got), std::move(expected)});
  };
  if (steps.empty()) fail("no matrix product or convolution", "a training step");
  if (options.step >= steps.size()) {
    fail(fmt::format("step {}", options.step), fmt::format("a step from 0 to {}", steps.size() - 1));
  }
  ImportResult result;
  result.steps = steps.size();
  result.trace.header.format = "lns-layertrace/1";
  result.trace.header.model = model_name(path);
  result.trace.header.source = fmt::format("PyTorch execution trace {}, schema {}, step {}",
                                           path.filename().string(), nodes.schema, options.step);
  pytorch::StepImporter(nodes.nodes, pytorch::contexts_of(nodes.nodes), steps[options.step], result).run();
  result.totals = trace_totals(result.trace);
  return result;
}

}  // namespace lnsim
