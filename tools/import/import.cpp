#include "tools/import/import.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "sim/base/errors.h"
#include "tools/import/chakra.h"
#include "tools/import/onnx.h"
#include "tools/import/packed_file.h"
#include "tools/import/pytorch.h"
#include "tools/import/scalesim.h"
#include "tools/import/timeloop.h"

namespace lnsim {

namespace {

constexpr std::size_t kBeginningBytes = 4096;

constexpr std::array kFormats{
    ImportFormat{"pytorch", "execution trace of PyTorch (JSON)", true, false, looks_like_pytorch,
                 import_pytorch},
    ImportFormat{"onnx", "ONNX model: a forward graph, gradients and updates are derived", false, true,
                 looks_like_onnx, import_onnx},
    ImportFormat{"chakra", "MLCommons Chakra execution trace of PyTorch (protobuf)", true, false,
                 looks_like_chakra, import_chakra},
    ImportFormat{
        "scale-sim",
        "SCALE-Sim topology (CSV), convolution or GEMM form; NAME_fwd.csv with the gradients beside it",
        false, false, looks_like_scalesim, import_scalesim},
    ImportFormat{"timeloop", "Timeloop problem (YAML), or a folder with a problem per layer", false, false,
                 looks_like_timeloop, import_timeloop},
};

std::vector<std::string> format_names() {
  std::vector<std::string> names;
  for (const ImportFormat& format : kFormats) names.emplace_back(format.name);
  return names;
}

std::string without_suffix(std::string name, std::string_view suffix) {
  if (name.ends_with(suffix)) name.resize(name.size() - suffix.size());
  return name;
}

const ImportFormat& named_format(const std::string& name) {
  const auto found = std::find_if(kFormats.begin(), kFormats.end(),
                                  [&](const ImportFormat& format) { return format.name == name; });
  if (found != kFormats.end()) return *found;
  const std::vector<std::string> names = format_names();
  const std::string near = nearest_name(name, names);
  throw UserError(Diagnostic{{},
                             "format",
                             name,
                             fmt::format("one of {}{}", fmt::join(names, ", "),
                                         near.empty() ? "" : fmt::format(": did you mean {}?", near))});
}

const ImportFormat& guessed_format(const std::filesystem::path& path) {
  const std::string beginning = beginning_of_packed_file(path, kBeginningBytes);
  const std::string name = without_suffix(path.filename().string(), ".gz");
  const auto found = std::find_if(kFormats.begin(), kFormats.end(), [&](const ImportFormat& format) {
    return format.looks_like(beginning, name);
  });
  if (found != kFormats.end()) return *found;
  throw UserError(
      Diagnostic{{path.string()},
                 "",
                 fmt::format("a file that looks like none of {}", fmt::join(format_names(), ", ")),
                 "one of them, or its format named in front of it"});
}

}  // namespace

std::span<const ImportFormat> import_formats() {
  return kFormats;
}

const ImportFormat& import_format(const std::string& name, const std::filesystem::path& path) {
  return name.empty() ? guessed_format(path) : named_format(name);
}

ImportResult import_trace(const ImportFormat& format, const std::filesystem::path& path,
                          const ImportOptions& options) {
  if (!format.has_steps && options.step != 0) {
    throw UserError(Diagnostic{
        {}, "step", fmt::format("{}", options.step), fmt::format("0: {} files hold one step", format.name)});
  }
  if (!format.has_dimensions && !options.dimensions.empty()) {
    const auto& [name, value] = *options.dimensions.begin();
    throw UserError(Diagnostic{{},
                               "dim",
                               fmt::format("{}={}", name, value),
                               fmt::format("none: {} files leave no dimension open", format.name)});
  }
  return format.import(path, options);
}

TraceHeader import_header(const std::filesystem::path& path, std::string source) {
  std::string model = path.filename().string();
  for (const std::string_view suffix : {".gz", ".json", ".eg", ".et", ".onnx", ".csv", ".yaml", ".yml"}) {
    model = without_suffix(std::move(model), suffix);
  }
  TraceHeader header;
  header.format = "lns-layertrace/1";
  header.model = std::move(model);
  header.source = std::move(source);
  return header;
}

}  // namespace lnsim
