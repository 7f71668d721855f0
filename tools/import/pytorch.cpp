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
  const pytorch::Outline outline = pytorch::read_outline(path, options.largest_bytes);
  const std::string source =
      fmt::format("PyTorch execution trace {}, schema {}", path.filename().string(), outline.schema());
  const auto step = pytorch::read_step(path, outline, options.step);
  return pytorch::import_step(step, path, source);
}

}  // namespace lnsim
