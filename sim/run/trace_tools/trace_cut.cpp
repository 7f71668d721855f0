#include "sim/run/trace_tools/trace_cut.h"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "sim/base/errors.h"
#include "sim/run/report/output_file.h"
#include "sim/run/report/provenance.h"
#include "sim/run/trace/npz_writer.h"

namespace lnsim {

namespace {

using Json = nlohmann::ordered_json;

bool matches(const std::string& pattern, const std::string& layer) {
  return ::fnmatch(pattern.c_str(), layer.c_str(), 0) == 0;
}

void check_layers(const Trace& trace, const std::vector<std::string>& patterns) {
  std::vector<std::string> layers;
  for (const TraceOperation& op : trace.operations) layers.push_back(op.layer);
  std::vector<Diagnostic> mistakes;
  for (const std::string& pattern : patterns) {
    if (std::any_of(layers.begin(), layers.end(),
                    [&](const std::string& layer) { return matches(pattern, layer); }))
      continue;
    const std::string near = nearest_name(pattern, layers);
    mistakes.push_back({{trace.path.string()},
                        "--layers",
                        pattern,
                        near.empty() ? "a layer of the trace"
                                     : fmt::format("a layer of the trace (did you mean {}?)", near)});
  }
  if (!mistakes.empty()) throw UserError(std::move(mistakes));
}

bool is_kept(const TraceOperation& op, std::uint64_t place, const CutOptions& options) {
  const auto& [layers, passes, range] = options;
  if (!layers.empty() && std::none_of(layers.begin(), layers.end(),
                                      [&](const std::string& pattern) { return matches(pattern, op.layer); }))
    return false;
  if (!passes.empty() && std::find(passes.begin(), passes.end(), op.pass) == passes.end()) return false;
  return !range || (place >= range->first && place <= range->second);
}

std::vector<const TraceOperation*> kept_operations(const Trace& trace, const CutOptions& options) {
  std::vector<const TraceOperation*> kept;
  for (std::size_t i = 0; i < trace.operations.size(); ++i) {
    if (is_kept(trace.operations[i], i, options)) kept.push_back(&trace.operations[i]);
  }
  if (kept.empty()) {
    throw UserError(Diagnostic{{trace.path.string()},
                               "",
                               "no operation that is in all of the layers, passes and operations asked for",
                               "at least one"});
  }
  return kept;
}

std::set<std::string> tensors_of(const std::vector<const TraceOperation*>& operations) {
  std::set<std::string> keys;
  for (const TraceOperation* op : operations) {
    keys.insert({op->a, op->b, op->out});
    if (op->update)
      keys.insert({op->update->w, op->update->dw, op->update->v, op->update->m, op->update->out});
  }
  keys.erase("");
  return keys;
}

std::vector<std::string> weights_without_storage(const Trace& trace,
                                                 const std::vector<const TraceOperation*>& kept) {
  std::set<std::string> stored, without;
  for (const TraceOperation* op : kept) {
    if (op->update) stored.insert(op->update->w);
  }
  std::set<std::string> operands;
  for (const TraceOperation* op : kept) operands.insert({op->a, op->b});
  for (const TraceOperation& op : trace.operations) {
    if (op.update && op.update->store_bits && operands.contains(op.update->w) &&
        !stored.contains(op.update->w))
      without.insert(op.update->w);
  }
  return {without.begin(), without.end()};
}

// Writes lines of the manifest anew.
class Lines {
 public:
  Lines(const Trace& trace, const std::vector<const TraceOperation*>& kept,
        const std::set<std::string>& tensors, std::string npz_name, std::string npz_hash)
      : npz_name_(std::move(npz_name)), npz_hash_(std::move(npz_hash)) {
    for (const TraceOperation* op : kept) operations_.insert(op->line);
    for (const std::string& key : tensors) tensors_.insert(trace.tensors.at(key).line);
  }

  std::string of(const std::filesystem::path& manifest) {
    std::ifstream file(manifest, std::ios::binary);
    std::string out, text;
    for (int number = 1; std::getline(file, text); ++number) {
      if (!text.empty() && text.back() == '\r') text.pop_back();
      if (text.find_first_not_of(" \t") == std::string::npos) continue;
      if (out.empty()) {
        out = header(text) + "\n";
      } else if (operations_.contains(number)) {
        out += operation(text) + "\n";
      } else if (tensors_.contains(number)) {
        out += tensor(text) + "\n";
      }
    }
    return out;
  }

 private:
  std::string header(const std::string& text) const {
    Json json = Json::parse(text);
    if (npz_name_.empty()) {
      json.erase("tensors");
      json.erase("npz_sha256");
      return json.dump();
    }
    json["tensors"] = npz_name_;
    if (json.contains("npz_sha256")) json["npz_sha256"] = npz_hash_;
    return json.dump();
  }

  // Dependencies point back, so that the lines kept so far are all that one may name.
  std::string operation(const std::string& text) {
    Json json = Json::parse(text);
    if (json.contains("i")) indices_.insert(json["i"].get<std::int64_t>());
    if (!json.contains("deps")) return text;
    Json kept = Json::array();
    for (const Json& index : json["deps"]) {
      if (indices_.contains(index.get<std::int64_t>())) kept.push_back(index);
    }
    if (kept == json["deps"]) return text;
    json["deps"] = kept;
    return json.dump();
  }

  // A tensor that had a file of its own is a member of the .npz now.
  static std::string tensor(const std::string& text) {
    Json json = Json::parse(text);
    if (json.erase("file") == 0) return text;
    return json.dump();
  }

  std::string npz_name_, npz_hash_;
  std::set<int> operations_, tensors_;  // line numbers
  std::set<std::int64_t> indices_;      // of the operations written so far
};

void check_not_source(const Trace& trace, const std::filesystem::path& path) {
  std::set<std::filesystem::path> sources{trace.path};
  const std::filesystem::path folder = trace.path.parent_path();
  if (!trace.header.tensors.empty()) sources.insert(folder / trace.header.tensors);
  for (const auto& tensor : trace.tensors) {
    if (!tensor.second.file.empty()) sources.insert(folder / tensor.second.file);
  }
  std::error_code ignored;
  for (const std::filesystem::path& source : sources) {
    if (std::filesystem::equivalent(path, source, ignored))
      throw UserError(Diagnostic{{}, "--out", path.string(), "a file other than those of the trace"});
  }
}

void write_tensors(const Trace& trace, const std::set<std::string>& keys, const std::filesystem::path& out) {
  const std::filesystem::path folder = trace.path.parent_path();
  std::vector<NpzMember> members;
  for (const std::string& key : keys) {
    const std::string& file = trace.tensors.at(key).file;
    members.push_back({key, file.empty() ? std::filesystem::path() : folder / file});
  }
  const bool has_npz = !trace.header.tensors.empty();
  write_npz(out, has_npz ? folder / trace.header.tensors : std::filesystem::path(), members);
}

}  // namespace

CutResult cut_trace(const Trace& trace, const CutOptions& options, const std::filesystem::path& out) {
  std::filesystem::path npz = out;
  npz.replace_extension(".npz");
  if (npz == out)
    throw UserError(Diagnostic{{}, "--out", out.string(), "the name of a manifest: NAME.jsonl"});
  check_not_source(trace, out);
  check_can_write(out);
  check_layers(trace, options.layers);
  const std::vector<const TraceOperation*> kept = kept_operations(trace, options);
  const std::set<std::string> tensors = tensors_of(kept);
  CutResult result{kept.size(), tensors.size(), {out}, weights_without_storage(trace, kept)};
  std::string hash;
  if (!tensors.empty()) {
    check_not_source(trace, npz);
    write_tensors(trace, tensors, npz);
    hash = file_hash(npz);
    result.written.push_back(npz);
  }
  Lines lines(trace, kept, tensors, tensors.empty() ? "" : npz.filename().string(), hash);
  write_file(out, lines.of(trace.path));
  return result;
}

}  // namespace lnsim
