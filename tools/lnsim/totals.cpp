#include "tools/lnsim/totals.h"

#include "sim/run/report/text_table.h"

namespace lnsim {

std::string totals_table(const TraceTotals& totals) {
  TextTable table({"pass", "products", "MACs"}, 1);
  for (std::size_t pass = 0; pass < totals.macs.size(); ++pass) {
    table.add({std::string(kPassNames[pass]), grouped(totals.products[pass]), grouped(totals.macs[pass])});
  }
  return table.str();
}

nlohmann::ordered_json totals_json(const TraceTotals& totals) {
  nlohmann::ordered_json json;
  for (std::size_t pass = 0; pass < totals.macs.size(); ++pass) {
    json["macs"][kPassNames[pass]] = totals.macs[pass];
  }
  for (std::size_t pass = 0; pass < totals.products.size(); ++pass) {
    json["products"][kPassNames[pass]] = totals.products[pass];
  }
  json["updated_parameters"] = totals.updated_parameters;
  json["updated_values"] = totals.updated_values;
  return json;
}

}  // namespace lnsim
