#include "sim/run/report/page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/unit/run/sweep_document.h"

namespace lnsim {
namespace {

using Json = nlohmann::ordered_json;
using testing::HasSubstr;

// What the page's scripts are given.
std::string embedded(const std::string& page) {
  const std::string opening = "<script type=\"application/json\" id=\"document\">";
  const std::size_t begin = page.find(opening) + opening.size();
  return page.substr(begin, page.find("</script>", begin) - begin);
}

// The document with every point's config in its place.
nlohmann::json whole(const std::string& page) {
  auto sweep = nlohmann::json::parse(embedded(page));
  for (auto& point : sweep.at("points")) {
    point["config"] = sweep.at("config").patch(point.at("config_changes"));
    point.erase("config_changes");
  }
  sweep.erase("config");
  return sweep;
}

TEST(Page, holds_its_document) {
  EXPECT_EQ(whole(report_page(small_sweep())), nlohmann::json(small_sweep()));
}

TEST(Page, holds_of_every_points_config_what_differs) {
  Json sweep = small_sweep();
  const Json large{{"name", std::string(1000, 'x')}, {"tiles", {1, 2}}, {"gamma", 8}};
  for (Json& point : sweep["points"]) point["config"] = large;
  sweep["points"][1]["config"]["tiles"] = {1, 3, 4};
  sweep["points"][2]["config"].erase("gamma");
  sweep["points"][3]["config"] = Json::object();  // of a point that failed
  const std::string text = embedded(report_page(sweep));
  EXPECT_EQ(text.find(std::string(1000, 'x')), text.rfind(std::string(1000, 'x')));
  sweep["points"].erase(3);
  EXPECT_EQ(whole(report_page(sweep)), nlohmann::json(sweep));
}

TEST(Page, is_not_ended_by_a_text_of_the_document) {
  Json sweep = small_sweep();
  sweep["name"] = "</script><script>alert(1)</script><!-- & <b>";
  const std::string page = report_page(sweep);
  EXPECT_EQ(embedded(page).find('<'), std::string::npos);
  EXPECT_EQ(whole(page), nlohmann::json(sweep));
  EXPECT_THAT(
      page,
      HasSubstr("<title>Sweep &lt;/script>&lt;script>alert(1)&lt;/script>&lt;!-- &amp; &lt;b></title>"));
}

TEST(Page, takes_texts_that_look_like_its_own_marks) {
  Json sweep = small_sweep();
  sweep["name"] = "<!--document--><!--title-->";
  EXPECT_EQ(whole(report_page(sweep)), nlohmann::json(sweep));
}

TEST(Page, of_equal_documents_has_equal_bytes) {
  EXPECT_EQ(report_page(small_sweep()), report_page(small_sweep()));
}

TEST(Page, forbids_the_network_and_brings_the_licence_of_its_library) {
  const std::string page = report_page(small_sweep());
  EXPECT_THAT(page, HasSubstr("default-src 'none'"));
  EXPECT_THAT(page, HasSubstr("Permission is hereby granted, free of charge"));
  for (const char* reference : {"<link", "<script src", "@import", "url("})
    EXPECT_EQ(page.find(reference), std::string::npos) << reference;
}

}  // namespace
}  // namespace lnsim
