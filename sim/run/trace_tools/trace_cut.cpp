#include "sim/run/trace_tools/trace_cut.h"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "sim/base/errors.h"
#include "sim/base/output_file.h"
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

// The lines of a manifest that a part of it keeps.
class KeptLines {
 public:
  KeptLines(const Trace& trace, const std::vector<const TraceOperation*>& kept) {
    std::set<int> operations, tensors;  // numbers of lines
    for (const TraceOperation* op : kept) operations.insert(op->line);
    std::map<int, std::string> lines = read(trace.path);
    header_ = Json::parse(lines.begin()->second);
    lines.erase(lines.begin());
    for (const auto& [number, text] : lines) {
      if (operations.contains(number)) add_tensors(Json::parse(text), trace);
    }
    for (const std::string& key : keys_) tensors.insert(trace.tensors.at(key).line);
    for (const auto& [number, text] : lines) {
      if (operations.contains(number)) body_ += operation(text) + "\n";
      if (tensors.contains(number)) body_ += tensor(text) + "\n";
    }
  }

  const std::set<std::string>& keys() const { return keys_; }  // of the tensors that the operations name

  // The part of the manifest whose tensors, if any, are in this file. Digests of what the header had digests
  // of are those of the part.
  std::string text(const std::filesystem::path& npz) const {
    Json header = header_;
    if (keys_.empty()) {
      header.erase("tensors");
      header.erase("npz_sha256");
    } else {
      header["tensors"] = npz.filename().string();
      if (header.contains("npz_sha256")) header["npz_sha256"] = file_hash(npz);
    }
    if (header.contains("lines_sha256")) header["lines_sha256"] = text_hash(body_);
    return header.dump() + "\n" + body_;
  }

 private:
  // By number; blank ones left out.
  static std::map<int, std::string> read(const std::filesystem::path& manifest) {
    std::ifstream file(manifest, std::ios::binary);
    std::map<int, std::string> lines;
    std::string text;
    for (int number = 1; std::getline(file, text); ++number) {
      if (!text.empty() && text.back() == '\r') text.pop_back();
      if (text.find_first_not_of(" \t") != std::string::npos) lines.emplace(number, text);
    }
    return lines;
  }

  // Also those that other programs than the simulator read.
  void add_tensors(const Json& operation, const Trace& trace) {
    static const std::set<std::string> kNames{"layer", "op", "pass", "param", "rule"};
    for (const auto& [key, value] : operation.items()) {
      if (value.is_string() && !kNames.contains(key) && trace.tensors.contains(value.get<std::string>()))
        keys_.insert(value.get<std::string>());
    }
  }

  // Dependencies point back, so that the lines kept so far are all that one may name. How values flow is said
  // of whole iterations only.
  std::string operation(const std::string& text) {
    Json json = Json::parse(text);
    if (json.contains("i")) indices_.insert(json["i"].get<std::int64_t>());
    bool flows = false;
    for (const char* names : {"in", "out", "params"}) {
      if (json.contains(names) && json[names].is_array()) flows = json.erase(names) > 0;
    }
    if (!json.contains("deps")) return flows ? json.dump() : text;
    Json kept = Json::array();
    for (const Json& index : json["deps"]) {
      if (indices_.contains(index.get<std::int64_t>())) kept.push_back(index);
    }
    if (kept == json["deps"]) return flows ? json.dump() : text;
    json["deps"] = kept;
    return json.dump();
  }

  // A tensor that had a file of its own is a member of the .npz now.
  static std::string tensor(const std::string& text) {
    Json json = Json::parse(text);
    if (json.erase("file") == 0) return text;
    return json.dump();
  }

  Json header_;
  std::string body_;
  std::set<std::string> keys_;
  std::set<std::int64_t> indices_;
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
  const KeptLines lines(trace, kept);
  CutResult result{kept.size(), lines.keys().size(), {out}, weights_without_storage(trace, kept)};
  if (!lines.keys().empty()) {
    check_not_source(trace, npz);
    write_tensors(trace, lines.keys(), npz);
    result.written.push_back(npz);
  }
  write_file(out, lines.text(npz));
  return result;
}

}  // namespace lnsim
