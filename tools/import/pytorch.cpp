#include "tools/import/pytorch.h"

#include <fmt/format.h>

#include <string_view>

#include "sim/base/errors.h"
#include "tools/import/pytorch_context.h"
#include "tools/import/pytorch_nodes.h"
#include "tools/import/pytorch_step.h"

namespace lnsim {

bool looks_like_pytorch(std::string_view beginning, std::string_view) {
  const std::size_t start = beginning.find_first_not_of(" \t\r\n");
  return start != std::string_view::npos && beginning[start] == '{' &&
         (beginning.find("\"schema\"") != std::string_view::npos ||
          beginning.find("\"nodes\"") != std::string_view::npos);
}

ImportResult import_pytorch(const std::filesystem::path& path, const ImportOptions& options) {
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
  result.trace.header =
      import_header(path, fmt::format("PyTorch execution trace {}, schema {}, step {}",
                                      path.filename().string(), nodes.schema, options.step));
  pytorch::StepImporter(nodes.nodes, pytorch::contexts_of(nodes.nodes), steps[options.step], result).run();
  result.totals = trace_totals(result.trace);
  return result;
}

}  // namespace lnsim
