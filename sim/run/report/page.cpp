#include "sim/run/report/page.h"

#include <string_view>
#include <utility>

#include "sim/base/errors.h"
#include "sim/run/report/page_template.h"
#include "sim/run/report/report_document.h"
#include "sim/run/report/svg.h"

namespace lnsim {
namespace {

// Inside a script element a text ends at the first "</script", and "<!--" changes how it is read. In JSON a
// "<" only stands in texts, where it may be written as its code.
std::string script_safe(const std::string& json) {
  std::string safe;
  safe.reserve(json.size());
  for (const char c : json) {
    if (c == '<') {
      safe += "\\u003c";
    } else {
      safe += c;
    }
  }
  return safe;
}

// Of a sweep, whose thousands of configs differ in a few values, one config and what each point's has of its
// own (JSON Patch, RFC 6902): page/sweep_config.js puts them together again.
nlohmann::ordered_json with_changes_of_configs(nlohmann::ordered_json sweep) {
  nlohmann::ordered_json first;
  for (auto& point : sweep.at("points")) {
    const nlohmann::ordered_json config = point.value("config", nlohmann::ordered_json());
    if (!config.is_object() || config.empty()) continue;
    if (first.is_null()) first = config;
    point["config_changes"] = nlohmann::ordered_json::diff(first, config);
    point.erase("config");
  }
  sweep["config"] = std::move(first);
  return sweep;
}

// The text before `mark`; `rest` is left with what stands behind it.
std::string_view cut_at(std::string_view& rest, std::string_view mark) {
  const std::size_t at = rest.find(mark);
  if (at == std::string_view::npos) throw ModelError("the page of a report has no " + std::string(mark));
  const std::string_view before = rest.substr(0, at);
  rest.remove_prefix(at + mark.size());
  return before;
}

}  // namespace

std::string report_page(const nlohmann::ordered_json& document) {
  std::string_view rest = kPageTemplate;
  std::string page(cut_at(rest, kTitleMark));
  page += svg::escaped(report_title(document));
  page += cut_at(rest, kDocumentMark);
  const nlohmann::ordered_json shown =
      document.value("kind", "") == "sweep" ? with_changes_of_configs(document) : document;
  page += script_safe(shown.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
  return page += rest;
}

}  // namespace lnsim
