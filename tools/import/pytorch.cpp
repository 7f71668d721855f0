#include "tools/import/pytorch.h"

#include <fmt/format.h>

#include <string>

#include "tools/import/pytorch_file.h"
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
  const std::string source =
      fmt::format("PyTorch execution trace {}, schema {}", path.filename().string(), nodes.schema);
  return pytorch::import_step(nodes, path, source, options.step);
}

}  // namespace lnsim
