#include "sim/run/report/report_document.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "sim/base/errors.h"
#include "tests/unit/run/sweep_document.h"

namespace lnsim {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr const char* kExpected =
    "expected report.json of lnsim run --out, comparison.json of lnsim compare --out or the sweep.json of a "
    "sweep";

std::string complaint(const Json& document) {
  try {
    check_report_document(document, "page.json");
  } catch (const UserError& error) {
    return error.what();
  }
  return "";
}

class ReportDocument : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / (std::string("lnsim_report_document_") +
                                           testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string complaint_about(const std::string& text) {
    std::ofstream(folder_ / "report.json") << text;
    try {
      read_report_document(folder_);
    } catch (const UserError& error) {
      return error.what();
    }
    return "";
  }

  fs::path folder_;
};

TEST_F(ReportDocument, is_known_by_what_it_holds) {
  EXPECT_EQ(report_kind(small_sweep()), ReportKind::sweep);
  EXPECT_EQ(report_kind({{"views", Json::object()}}), ReportKind::comparison);
  EXPECT_EQ(report_kind({{"layers", Json::array()}}), ReportKind::run);
}

TEST_F(ReportDocument, of_a_sweep_is_taken_as_it_is_described) {
  EXPECT_EQ(complaint(small_sweep()), "");
}

TEST_F(ReportDocument, is_read_from_its_file_or_folder) {
  std::ofstream(folder_ / "sweep.json") << small_sweep().dump();
  EXPECT_EQ(read_report_document(folder_).json, small_sweep());
  EXPECT_EQ(read_report_document(folder_ / "sweep.json").file, (folder_ / "sweep.json").generic_string());
}

TEST_F(ReportDocument, of_a_point_that_failed_has_no_figures) {
  Json sweep = small_sweep();
  sweep["points"][1] = {{"number", 1},
                        {"parameters", {{"pe.lanes", 8}, {"formats.weight.bits", 8}}},
                        {"front", false},
                        {"error", "pe.lanes: got 8, expected 16"}};
  EXPECT_EQ(complaint(sweep), "");
}

TEST_F(ReportDocument, is_refused_with_everything_it_lacks) {
  Json sweep = small_sweep();
  sweep.erase("provenance");
  sweep["points"][2]["front"] = 1;
  sweep["points"][3]["energy_pj_by_component"]["dram"] = "4 uJ";
  sweep["axes"][0]["values"] = Json::array();
  EXPECT_EQ(complaint(sweep),
            "page.json: axes[0].values: got an empty list, expected a list with at least one item\n"
            "page.json: points[2].front: got 1, expected true or false\n"
            "page.json: points[3].energy_pj_by_component.dram: got \"4 uJ\", expected a number\n"
            "page.json: provenance: got nothing, expected a map");
}

TEST_F(ReportDocument, lists_no_more_than_twenty_mistakes) {
  Json sweep = small_sweep();
  for (int i = 0; i < 30; ++i) sweep["points"].push_back(Json::object());
  EXPECT_THAT(complaint(sweep), testing::Not(testing::HasSubstr("points[24]")));
}

TEST_F(ReportDocument, of_a_sweep_needs_known_goals_and_every_axis_at_every_point) {
  Json sweep = small_sweep();
  sweep["objectives"][1]["goal"] = "least";
  sweep["points"][3]["parameters"].erase("pe.lanes");
  EXPECT_EQ(complaint(sweep),
            "page.json: objectives[1].goal: got least, expected min or max\n"
            "page.json: points[3].parameters.pe.lanes: got nothing, expected a value of that axis");
}

TEST_F(ReportDocument, of_another_kind_is_refused) {
  for (const Json& document : {Json::array(), Json(1), Json::object(), Json{{"kind", "other"}}})
    EXPECT_EQ(complaint(document), std::string("page.json: got another kind of document, ") + kExpected);
}

TEST_F(ReportDocument, that_is_no_json_is_refused_where_it_ceases_to_be) {
  const std::string file = (folder_ / "report.json").generic_string();
  EXPECT_EQ(complaint_about("{\"layers\":\n  [}"), file + ":2:4: got text that is not JSON, " + kExpected);
  EXPECT_EQ(complaint_about("{\"layers\": ["), file + ":1:13: got the end of the file, " + kExpected);
  EXPECT_EQ(complaint_about(""), file + ":1:1: got the end of the file, " + kExpected);
  EXPECT_EQ(complaint_about("[1e999]"), file + ": got a number beyond all ranges, " + kExpected);
  EXPECT_EQ(complaint_about(std::string(100000, '[')),
            file + ": got values nested too deep, expected at most 64 levels");
}

TEST_F(ReportDocument, is_missed_in_a_folder_without_one) {
  try {
    read_report_document(folder_);
    FAIL() << "no error";
  } catch (const UserError& error) {
    EXPECT_EQ(error.what(), folder_.generic_string() + ": got a folder without a report, " + kExpected);
  }
}

}  // namespace
}  // namespace lnsim
