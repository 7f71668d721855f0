// Runs another program and waits for it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace lnsim::characterise {

// Its exit code, 127 when there is no such program; what it prints goes into the file `log`.
int run_program(const std::vector<std::string>& arguments, const std::filesystem::path& folder,
                const std::filesystem::path& log);

}  // namespace lnsim::characterise
