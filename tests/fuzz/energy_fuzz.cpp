// An energy table, for the machine of the defaults.
#include "sim/run/energy/energy_table.h"
#include "tests/fuzz/fuzzed_input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lnsim;
  expect_an_answer(bytes_of(data, size), [](const std::filesystem::path& path) {
    read_energy_table(path, AcceleratorParameters{});
  });
  return 0;
}
