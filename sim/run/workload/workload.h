// Training iterations of well-known networks, generated from their sizes: native traces without operands.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "sim/base/describe.h"
#include "sim/run/trace/trace.h"
#include "sim/run/trace/trace_totals.h"
#include "sim/run/workload/training_tape.h"
#include "sim/run/workload/workload_shape.h"

namespace lnsim {

enum class Input : std::uint8_t { images, tokens };

// A published member of a family of networks.
struct WorkloadSize {
  std::string_view name;
  std::int64_t layers, hidden, heads;
};

struct WorkloadModel {
  std::string_view name;
  std::string_view what;
  Input input;
  WorkloadShape defaults;
  void (*write)(const WorkloadShape& shape, TrainingTape& tape);
  std::span<const WorkloadSize> sizes;  // the first one has the default's sizes; empty: no family
};

// What is asked for; the model's default stands for what is absent.
struct WorkloadOptions {
  std::optional<std::int64_t> batch = {};
  std::optional<std::int64_t> image = {};
  std::optional<std::int64_t> layers = {};
  std::optional<std::int64_t> hidden = {};
  std::optional<std::int64_t> heads = {};
  std::optional<std::int64_t> seq = {};
  std::optional<std::int64_t> vocab = {};
  std::optional<std::string> size = {};
  std::optional<std::string> head = {};
};

// The integers among them, each listed once: for the command line, the checks and the trace's header.
struct WorkloadExtent {
  std::string_view name;
  std::optional<std::int64_t> WorkloadOptions::*given;
  std::int64_t WorkloadShape::*used;
  IntegerRange range;  // keeps the count of every operator below 2^62
  bool of_images, of_tokens;
  std::string_view what;
};

std::span<const WorkloadModel> workload_models();
std::span<const WorkloadExtent> workload_extents();

struct Workload {
  Trace trace;
  TraceTotals totals;
};

// Throws UserError, with every mistake found, for an unknown model, size or head, an option the model does
// not have, a value out of range, heads that do not divide the hidden size, and counts that exceed 2^62.
Workload make_workload(const std::string& model, const WorkloadOptions& options);

}  // namespace lnsim
