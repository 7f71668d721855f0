// An importer of a format that is text: LNSIM_FUZZED_FORMAT of the table in tools/import/import.cpp.
#include "tests/fuzz/fuzz_import.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  lnsim::fuzz_import(LNSIM_FUZZED_FORMAT, lnsim::bytes_of(data, size));
  return 0;
}
