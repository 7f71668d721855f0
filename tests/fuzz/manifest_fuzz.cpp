// The manifest of a trace.
#include "tests/fuzz/fuzzed_input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lnsim;
  expect_an_answer(bytes_of(data, size),
                   [](const std::filesystem::path& path) { expect_it_can_be_written(read_trace(path)); });
  return 0;
}
