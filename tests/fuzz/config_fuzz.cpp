// A run config.
#include "sim/run/config/run_config.h"
#include "tests/fuzz/fuzzed_input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  lnsim::expect_an_answer(lnsim::bytes_of(data, size), lnsim::read_run_config);
  return 0;
}
