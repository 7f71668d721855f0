// How work that takes long says how far it is.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

namespace lnsim {

// Steps done, of how many, and the layer or tensor of the last one. Called from one thread at a time.
using Progress = std::function<void(std::size_t done, std::size_t total, const std::string& name)>;

}  // namespace lnsim
