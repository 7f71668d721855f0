// A sweep as the database knows it: the question with all it depends on, and what its points are run on.
#pragma once

#include "sim/run/sweep/evaluate.h"
#include "sim/run/sweep/result_store.h"
#include "sim/run/sweep/sweep_file.h"

namespace lnsim {

// Hashes every file that the question names.
StoredSweep stored_sweep(const SweepFile& sweep, const SweepInputs& inputs);

// Throws UserError for files that cannot be read, and when `operands` has none.
SweepInputs read_inputs(const SweepFile& sweep);

}  // namespace lnsim
