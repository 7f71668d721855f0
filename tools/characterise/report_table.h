// A characterisation as tables for a terminal.
#pragma once

#include <string>

#include "tools/characterise/characterise.h"

namespace lnsim::characterise {

std::string characterisation_text(const Characterisation& characterisation);

}  // namespace lnsim::characterise
