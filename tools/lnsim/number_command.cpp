#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <ostream>

#include "models/arith/number_format.h"
#include "sim/base/errors.h"
#include "tools/lnsim/cli.h"
#include "tools/lnsim/format_name.h"

namespace lnsim {
namespace {

using Json = nlohmann::ordered_json;

struct NumberOptions {
  std::string format;
  std::string number;
  std::string zero = "reserved";
  std::string underflow = "clamp";
  int scale = 0;
  bool json = false;
};

constexpr const char* kNumberFooter =
    R"(A number that begins with 0x is a code; anything else is a real to quantise.

Examples
  lnsim number lns8g8 0.37              8 bits, base 2^(1/8)
  lnsim number lns8g8 0.37 --scale -127 the largest magnitude is 1
  lnsim number lns16g2048 0x1234 --json
  lnsim number fp8_e4m3 448
  lnsim number int8 -3.5
  lnsim number e5m10 0.1                any minifloat by its field widths)";

std::optional<arith::Code> parse_code(const std::string& text) {
  if (text.rfind("0x", 0) != 0) return std::nullopt;
  arith::Code code = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data() + 2, end, code, 16);
  if (error != std::errc() || stopped != end || text.size() == 2) {
    throw UserError(Diagnostic{{}, "number", text, "a hexadecimal code such as 0x5a"});
  }
  return code;
}

double parse_real(const std::string& text) {
  double value = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stopped != end || !std::isfinite(value)) {
    throw UserError(Diagnostic{{}, "number", text, "a finite real such as 0.37, or a code such as 0x5a"});
  }
  return value;
}

Json neighbour(const arith::NumberFormat& format, arith::Code code, arith::Scale scale) {
  return Json{{"code", fmt::format("{:#x}", code)}, {"value", format.value(code, scale)}};
}

Json inspect(const NumberOptions& options) {
  const auto format = arith::make_format(format_by_name(options.format, options.zero, options.underflow));
  const arith::Scale scale{options.scale};
  const std::optional<arith::Code> given = parse_code(options.number);
  if (given && !format->is_valid(*given)) {
    throw UserError(Diagnostic{{}, "number", options.number, fmt::format("a code of {}", format->name())});
  }
  arith::QuantiseCounts counts;
  const double requested = given ? format->value(*given, scale) : parse_real(options.number);
  const arith::Code code = given ? *given : format->quantise(requested, scale, counts);
  const double value = format->value(code, scale);

  Json json;
  json["format"] = format->name();
  json["storage_bits"] = format->storage_bits();
  json["scale"] = fmt::format("2^({}/{})", scale.k, format->scale_grid());
  json["requested"] = requested;
  json["code"] = fmt::format("{:#x}", code);
  json["value"] = value;
  json["error"] = value - requested;
  json["relative_error"] = requested == 0.0 ? Json() : Json(value / requested - 1.0);
  json["relative_error_bound"] = format->relative_error_bound();
  json["saturated"] = counts.saturated != 0;
  json["underflow"] = counts.underflow_clamped != 0   ? "clamped"
                      : counts.underflow_flushed != 0 ? "flushed"
                                                      : "no";
  json["fields"] = Json::array();
  for (const arith::CodeField& field : format->fields(code)) {
    json["fields"].push_back({{"name", field.name}, {"bits", field.bits}, {"meaning", field.meaning}});
  }
  json["next_down"] = neighbour(*format, format->next_down(code), scale);
  json["next_up"] = neighbour(*format, format->next_up(code), scale);
  return json;
}

std::string text_of(const Json& json) {
  std::string text;
  for (const auto& [key, value] : json.items()) {
    if (key == "fields") {
      for (const Json& field : value) {
        text += fmt::format("  {:<20} {:<18} {}\n", field["name"].get<std::string>(),
                            field["bits"].get<std::string>(), field["meaning"].get<std::string>());
      }
    } else if (value.is_object()) {
      text += fmt::format("{:<22} {} = {}\n", key, value["code"].get<std::string>(), value["value"].dump());
    } else {
      text += fmt::format("{:<22} {}\n", key, value.is_string() ? value.get<std::string>() : value.dump());
    }
  }
  return text;
}

}  // namespace

void add_number_command(CLI::App& app, Console& console) {
  const auto options = std::make_shared<NumberOptions>();
  CLI::App* command =
      app.add_subcommand("number", "Inspect a code or a real in any format: fields, neighbours, error");
  command->footer(kNumberFooter);
  command
      ->add_option("format", options->format, "lnsBgGAMMA, intB, eXmY, fp8_e4m3, fp8_e5m2, bf16, fp16, fp32")
      ->required();
  command->add_option("number", options->number, "A real, or a code in hexadecimal (0x..)")->required();
  command->add_option("--scale", options->scale, "Scale exponent k on the format's scale grid");
  command->add_option("--zero", options->zero, "LNS: none, reserved or flag");
  command->add_option("--underflow", options->underflow, "LNS: clamp or flush");
  command->add_flag("--json", options->json, "Print one JSON object");
  command->callback([options, &console] {
    const Json json = inspect(*options);
    console.out << (options->json ? json.dump(2) + "\n" : text_of(json));
  });
}

}  // namespace lnsim
