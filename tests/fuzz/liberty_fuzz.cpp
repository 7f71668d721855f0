// A cell library in Liberty's syntax.
#include "tests/fuzz/fuzzed_input.h"
#include "tools/characterise/gates/liberty.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lnsim;
  expect_an_answer(bytes_of(data, size),
                   [](const std::filesystem::path& path) { gates::read_liberty(std::array{path}); });
  return 0;
}
