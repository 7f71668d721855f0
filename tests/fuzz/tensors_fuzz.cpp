// A trace's tensors: the input is the .npz of a manifest, and the .npy of one tensor of every type.
#include "sim/run/trace/npy.h"
#include "tests/fuzz/fuzzed_input.h"

namespace lnsim {
namespace {

void read_all(const Trace& trace, const std::string& key) {
  try {
    if (TensorStore(trace).read(key).values.size() != 6) found("a tensor of another size");
  } catch (const UserError& error) {
    if (error.diagnostics().empty()) found("a refusal that says nothing");
  }
}

}  // namespace
}  // namespace lnsim

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lnsim;
  const std::string_view input = bytes_of(data, size);
  const FuzzedFile file(input);
  Trace trace;
  trace.path = file.path();
  const std::string name = file.path().filename().string();
  for (const std::string& type : npy_type_names()) {
    if (input.find(type) != std::string_view::npos) trace.tensors[type] = {type, {2, 3}, type, name};
  }
  for (const auto& [type, info] : trace.tensors) read_all(trace, type);
  trace.header.tensors = name;
  trace.tensors["t"] = {"t", {2, 3}, "float32", ""};
  read_all(trace, "t");
  return 0;
}
