#include "tools/import/onnx.h"

#include <fmt/format.h>

#include "sim/base/errors.h"
#include "tools/import/onnx_graph.h"
#include "tools/import/onnx_iteration.h"

namespace lnsim {

bool looks_like_onnx(std::string_view beginning, std::string_view file_name) {
  if (file_name.ends_with(".onnx")) return true;
  // ModelProto: ir_version (field 1, a small number), then producer_name or what follows it.
  constexpr std::string_view kNextTags = "\x12\x1a\x22\x28\x32\x3a\x42";
  return beginning.size() > 3 && beginning[0] == '\x08' && beginning[1] > 0 && beginning[1] < 32 &&
         kNextTags.find(beginning[2]) != std::string_view::npos;
}

ImportResult import_onnx(const std::filesystem::path& path, const ImportOptions& options) {
  onnx::Graph graph = onnx::read_graph(path, options);
  onnx::fuse_operators(graph);
  ImportResult result;
  const std::string producer = graph.producer.empty() ? "" : fmt::format(" of {}", graph.producer);
  result.trace.header =
      import_header(path, fmt::format("ONNX model {}{}, opset {}; gradients and updates derived",
                                      path.filename().string(), producer, graph.opset));
  result.notes = graph.notes;
  onnx::IterationImporter(graph, result).run();
  if (result.trace.operations.empty()) {
    throw UserError(Diagnostic{{path.string()}, "graph", "no operator with work", "a network"});
  }
  result.totals = trace_totals(result.trace);
  return result;
}

}  // namespace lnsim
