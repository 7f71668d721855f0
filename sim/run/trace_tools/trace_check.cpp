#include "sim/run/trace_tools/trace_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <iterator>
#include <limits>
#include <set>

#include "sim/run/replay/numeric_error.h"
#include "sim/run/replay/replay.h"
#include "sim/run/replay/update_replay.h"
#include "sim/run/report/provenance.h"
#include "sim/run/trace_tools/recomputed_product.h"
#include "sim/run/trace_tools/recomputed_update.h"

namespace lnsim {

namespace {

class Checking {
 public:
  Checking(const Trace& trace, const CheckOptions& options, const Progress& progress)
      : trace_(trace), options_(options), progress_(progress), store_(trace), rounding_(trace) {}

  TraceCheck run() {
    check_digests();
    for (const auto& [key, info] : trace_.tensors) {
      report_progress(key);
      check_tensor(key, info);
    }
    for (const TraceOperation& op : trace_.operations) {
      report_progress(op.layer);
      if (op.gemm) check_product(op);
      if (op.update) check_update(op);
    }
    std::stable_sort(
        check_.problems.begin(), check_.problems.end(),
        [](const Diagnostic& a, const Diagnostic& b) { return a.position.line < b.position.line; });
    return std::move(check_);
  }

 private:
  void report_progress(const std::string& name) {
    progress_(++done_, trace_.tensors.size() + trace_.operations.size(), name);
  }

  void problem(int line, std::string path, std::string got, std::string expected) {
    check_.problems.push_back(
        {{trace_.path.string(), line}, std::move(path), std::move(got), std::move(expected)});
  }

  // SHA-256 of the .npz, and of the manifest's lines after the first, where the header has them.
  void check_digests() {
    std::ifstream file(trace_.path, std::ios::binary);
    std::string first;
    std::getline(file, first);
    const std::string rest{std::istreambuf_iterator<char>(file), {}};
    // A header further down has blank lines before it, which no recorder writes.
    const auto header = nlohmann::json::parse(first, nullptr, false);
    const auto compare_digest = [&](const char* key, const std::function<std::string()>& found) {
      if (!header.is_object() || !header.contains(key)) return;
      ++check_.digests;
      const std::string digest = found();
      if (header[key] != digest) problem(1, key, digest, header[key].dump() + " from the header");
    };
    compare_digest("lines_sha256", [&] { return text_hash(rest); });
    if (!trace_.header.tensors.empty())
      compare_digest("npz_sha256",
                     [&] { return file_hash(trace_.path.parent_path() / trace_.header.tensors); });
  }

  void check_tensor(const std::string& key, const TensorInfo& info) {
    try {
      TensorBlocks blocks = store_.open(key);
      while (!blocks.next().empty()) {
      }
      ++check_.tensors;
    } catch (const UserError& error) {
      damaged_.insert(key);
      for (const Diagnostic& d : error.diagnostics()) problem(info.line, key, d.got, d.expected);
    }
  }

  bool is_sound(std::initializer_list<std::string> keys) const {
    return std::none_of(keys.begin(), keys.end(),
                        [&](const std::string& key) { return damaged_.contains(key); });
  }

  void check_product(const TraceOperation& op) {
    if (!has_operands(op)) {
      ++check_.products_without_operands;
      return;
    }
    if (!is_sound({op.a, op.b, op.out})) return;
    const std::vector<double> expected = recomputed_product(op, store_, rounding_);
    const ErrorFigures figures = compare(store_.read(op.out).values, expected);
    // A result that should be all zeros has nothing to be relative to.
    const double error = figures.relative_max_error().value_or(
        figures.max_error == 0 ? 0 : std::numeric_limits<double>::infinity());
    if (error > check_.worst_error || check_.products == 0) {
      check_.worst_error = error;
      check_.worst = fmt::format("{} {}", op.layer, kPassNames[static_cast<std::size_t>(op.pass)]);
    }
    ++check_.products;
    if (error > options_.tolerance) {
      problem(op.line, op.out, fmt::format("values up to {:.2e} of the largest off", error),
              fmt::format("the product of {} and {}, within {:.2e}", op.a, op.b, options_.tolerance));
    }
  }

  void check_update(const TraceOperation& op) {
    const UpdateRecord& update = *op.update;
    if (!is_sound({update.w, update.dw, update.m, update.v, update.out})) return;
    const auto difference = recomputed_update(update, trace_, store_);
    if (!difference) {
      ++check_.updates_not_recomputed[has_update_operands(op) ? update.rule : ""];
      return;
    }
    ++check_.updates;
    if (difference->differing > 0) {
      problem(op.line, update.out,
              fmt::format("{} of {} new weights that are others, by up to {:.3g}{}", difference->differing,
                          difference->values, difference->largest, update.store_bits ? " codes" : ""),
              fmt::format("the step of {} from {}", update.rule, update.w));
    }
  }

  const Trace& trace_;
  const CheckOptions& options_;
  const Progress& progress_;
  TensorStore store_;
  RecordedRounding rounding_;
  std::set<std::string> damaged_;
  std::size_t done_ = 0;
  TraceCheck check_;
};

std::string updates_text(const TraceCheck& check) {
  std::string text = fmt::format("{} updates recomputed", check.updates);
  for (const auto& [rule, count] : check.updates_not_recomputed) {
    text += rule.empty()
                ? fmt::format("; {} without tensors", count)
                : fmt::format("; {} of rule {} not recomputed: the trace does not say enough", count, rule);
  }
  return text + "\n";
}

}  // namespace

TraceCheck check_trace(const Trace& trace, const CheckOptions& options, const Progress& progress) {
  return Checking(trace, options, progress).run();
}

std::string check_text(const TraceCheck& check, const CheckOptions& options) {
  std::string text;
  if (check.tensors > 0)
    text += fmt::format("{} tensors there, whole, of the stated shape and type, and finite\n", check.tensors);
  if (check.digests > 0) text += fmt::format("{} digests compared\n", check.digests);
  text += fmt::format("{} products recomputed", check.products);
  if (check.products_without_operands > 0)
    text += fmt::format("; {} without operands", check.products_without_operands);
  if (check.products > 0) {
    text += fmt::format("; worst error {:.2e} of the largest value ({}), allowed {:.2e}", check.worst_error,
                        check.worst, options.tolerance);
  }
  text += "\n" + updates_text(check);
  return text + (check.problems.empty() ? "No problem found.\n"
                                        : fmt::format("{} problems\n", check.problems.size()));
}

nlohmann::ordered_json check_json(const Trace& trace, const TraceCheck& check, const CheckOptions& options) {
  nlohmann::ordered_json json{
      {"trace", trace.path.generic_string()}, {"tensors", check.tensors}, {"digests", check.digests}};
  json["products"] = {{"recomputed", check.products},
                      {"without_operands", check.products_without_operands},
                      {"worst_relative_error", check.worst_error},
                      {"worst", check.worst},
                      {"tolerance", options.tolerance}};
  json["updates"] = {{"recomputed", check.updates}, {"not_recomputed", nlohmann::ordered_json::array()}};
  for (const auto& [rule, count] : check.updates_not_recomputed)
    json["updates"]["not_recomputed"].push_back({{"rule", rule}, {"count", count}});
  json["problems"] = nlohmann::ordered_json::array();
  for (const Diagnostic& problem : check.problems) {
    json["problems"].push_back({{"line", problem.position.line},
                                {"path", problem.path},
                                {"got", problem.got},
                                {"expected", problem.expected}});
  }
  return json;
}

}  // namespace lnsim
