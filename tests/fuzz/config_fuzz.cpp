// A run config.
#include "sim/run/config/run_config.h"
#include "tests/fuzz/fuzzed_input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lnsim;
  expect_an_answer(bytes_of(data, size), [](const std::filesystem::path& path) { read_run_config(path); });
  return 0;
}
