// Imports an ONNX model, plain or gzip, as one training iteration without operands.
//
// A model is a forward graph. Its shapes are inferred; gradients are derived from the end of the graph to
// every parameter: an operator has an input gradient only where something in front of it is trained, a value
// that several operators read has its gradients added, an operand that was broadcast has its gradient summed,
// and each parameter that a gradient reaches has one update.
//
// Parameters are the model's real initialisers with at least one extent; if it has none (its weights were
// stripped), its inputs but the first, integers, and those with open dimensions. Not trained are constants,
// what an operator cannot be differentiated by (running statistics, bounds) and, in a model with training
// information, what that does not bind.
//
// Layer normalisation, GELU and SiLU written as formulas are found. Every other operator is mapped to a
// native one, moves data only, or is named in `unmapped`.
#pragma once

#include <filesystem>
#include <string_view>

#include "tools/import/import.h"

namespace lnsim {

// A file named `.onnx`, or that begins as the protobuf of a model does.
bool looks_like_onnx(std::string_view beginning, std::string_view file_name);

// Throws UserError for a file that cannot be read or is no such model, naming the place in it
// (`graph.node[12].input`), and for dimensions that stay open.
ImportResult import_onnx(const std::filesystem::path& path, const ImportOptions& options = {});

}  // namespace lnsim
