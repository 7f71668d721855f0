// The JSON documents that pages and figures are made of: report.json of a run, comparison.json, sweep.json.
#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

namespace lnsim {

enum class ReportKind : std::uint8_t { run, comparison, sweep };

// Of a document that check_report_document accepts.
ReportKind report_kind(const nlohmann::ordered_json& document);
std::string report_title(const nlohmann::ordered_json& document);

// Throws UserError, with every mistake up to the twentieth, where `document`, which stands in `file`, lacks
// what a page shows or has another kind of value there. Keys that a page does not know are let through.
void check_report_document(const nlohmann::ordered_json& document, const std::string& file);

struct ReportDocument {
  std::string file;  // where it stands, for messages
  nlohmann::ordered_json json;
};

// Reads and checks one. `path` is the file, or a folder with report.json, comparison.json or sweep.json.
// Throws UserError.
ReportDocument read_report_document(const std::filesystem::path& path);

}  // namespace lnsim
