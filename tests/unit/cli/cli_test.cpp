// The command line from the outside: what it prints, what it writes, how it exits.
#include "tools/lnsim/cli.h"

#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>
#include <onnx/onnx_pb.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/unit/cli/lnsim_with.h"

namespace lnsim {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

const fs::path kSource = LNSIM_SOURCE_DIR;

class Cli : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() /
              (std::string("lnsim_cli_") + testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  // A trace with one small matrix product.
  std::string small_trace() const {
    const fs::path path = folder_ / "small.jsonl";
    std::ofstream(path)
        << R"({"format":"lns-layertrace/1","model":"small"})" << '\n'
        << R"({"i":0,"layer":"fc","op":"linear","pass":"fwd","gemm":{"batch":1,"M":8,"N":10,"K":64},)"
        << R"("macs":5120})" << '\n';
    return path.string();
  }

  fs::path folder_;
  const std::string config_ = (kSource / "configs/accelerators/lns-madam.yaml").string();
};

TEST_F(Cli, chains_a_recorded_step_and_writes_its_numeric_error) {
  const std::string trace = (kSource / "traces/digits-cnn.jsonl").string();
  const std::string out = (folder_ / "out").string();
  const Outcome outcome = lnsim_with({"run", config_, trace, "--chain", "--out", out});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_NE(outcome.out.find("New weights against the recorded ones"), std::string::npos);
  EXPECT_NE(outcome.out.find("Operands that the chain took from the recording, and why"), std::string::npos);
  // 20 products and 7 updates.
  const std::string csv = text_of(fs::path(out) / "numeric.csv");
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 28);
  const Json report = Json::parse(text_of(fs::path(out) / "report.json"));
  const Json& stem = report.at("layers").at(0);
  EXPECT_TRUE(stem.at("numeric").at("sums_against_recorded").contains("sign_flips"));
  EXPECT_EQ(stem.at("operands_from").at(0).at("from"), "recorded");
  // Every other operand but the weights of 7 forward passes and 6 input gradients, and the images twice.
  EXPECT_EQ(report.at("chain").at("operands_simulated"), 20 * 2 + 7 - 15);
  EXPECT_TRUE(report.at("chain").at("cuts").empty());
}

TEST_F(Cli, compares_new_weights_with_the_next_step_of_the_same_training) {
  const std::string trace = (kSource / "traces/digits-cnn.jsonl").string();
  const Json report = Json::parse(lnsim_with({"run", config_, trace, "--next", trace, "--json"}).out);
  for (const Json& layer : report.at("layers")) {
    if (layer.at("operator") != "update" || !layer.contains("numeric")) continue;
    // The replayed weights are the recorded new ones, and the trace as its own next step has the old ones.
    const Json& numeric = layer.at("numeric");
    EXPECT_EQ(numeric.at("differing_codes"), 0);
    EXPECT_GT(numeric.at("weights_against_next_step").at("max_error").get<double>(),
              100 * numeric.at("weights_against_recorded").at("max_error").get<double>());
  }
  const Outcome shapes = lnsim_with({"run", config_, trace, "--next", small_trace()});
  EXPECT_EQ(shapes.exit_code, 1);
  EXPECT_NE(shapes.err.find("--next: got a trace of shapes, expected the next step with recorded operands"),
            std::string::npos)
      << shapes.err;
  const std::string part = (folder_ / "part.jsonl").string();
  ASSERT_EQ(lnsim_with({"trace", "cut", trace, "--passes", "forward", "--out", part}).exit_code, 0);
  const Outcome other = lnsim_with({"run", config_, trace, "--next", part});
  EXPECT_EQ(other.exit_code, 1);
  EXPECT_NE(
      other.err.find("--next: got a trace without weights of the parameters that are updated, expected the "
                     "next step of the same training"),
      std::string::npos)
      << other.err;
}

TEST_F(Cli, says_nothing_of_signs_and_origins_unless_asked) {
  const std::string trace = (kSource / "traces/digits-cnn.jsonl").string();
  const Outcome outcome = lnsim_with({"run", config_, trace, "--json"});
  EXPECT_EQ(outcome.out.find("sign_flips"), std::string::npos);
  EXPECT_EQ(outcome.out.find("operands_from"), std::string::npos);
  EXPECT_EQ(outcome.out.find("\"gated\""), std::string::npos);
}

TEST_F(Cli, does_not_chain_a_trace_of_shapes) {
  const std::string trace = small_trace();
  const Outcome outcome = lnsim_with({"run", config_, trace, "--chain"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(outcome.err, trace + ": --chain: got a trace of shapes, expected one with recorded operands\n");
  EXPECT_EQ(lnsim_with({"run", config_, trace, "--chain", "--shapes-only"}).exit_code, 1);
}

TEST_F(Cli, help_shows_examples_and_exits_with_0) {
  for (const char* command : {"run", "compare", "paper", "import", "workload", "describe", "number"}) {
    const Outcome outcome = lnsim_with({command, "--help"});
    EXPECT_EQ(outcome.exit_code, 0) << command;
    EXPECT_NE(outcome.out.find("Examples"), std::string::npos) << command;
  }
  EXPECT_NE(lnsim_with({"--help"}).out.find("Exit codes"), std::string::npos);
  EXPECT_EQ(lnsim_with({"--version"}).out.rfind("lnsim 0.", 0), 0U);
}

TEST_F(Cli, wrong_usage_exits_with_1_and_says_why) {
  EXPECT_EQ(lnsim_with({}).exit_code, 1);
  EXPECT_EQ(lnsim_with({"sweep"}).exit_code, 1);
  const Outcome outcome = lnsim_with({"run", config_});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_NE(outcome.err.find("trace is required"), std::string::npos) << outcome.err;
}

TEST_F(Cli, number_quantises_a_real_in_the_log_domain) {
  // 0.37 * 2^(127/8): gamma * log2 = 8 * (-1.4344) + 127 = 115.52, code 116 at scale k = -127
  const Json json = Json::parse(lnsim_with({"number", "lns8g8", "0.37", "--scale", "-127", "--json"}).out);
  EXPECT_EQ(json["code"], "0x74");
  EXPECT_DOUBLE_EQ(json["value"].get<double>(), std::exp2(-11.0 / 8.0));
  EXPECT_DOUBLE_EQ(json["next_up"]["value"].get<double>(), std::exp2(-10.0 / 8.0));
  EXPECT_DOUBLE_EQ(json["next_down"]["value"].get<double>(), std::exp2(-12.0 / 8.0));
  EXPECT_LE(std::abs(json["relative_error"].get<double>()), json["relative_error_bound"].get<double>());
  EXPECT_EQ(json["underflow"], "no");
}

TEST_F(Cli, number_reads_codes_and_other_formats) {
  EXPECT_EQ(Json::parse(lnsim_with({"number", "fp8_e4m3", "0x7e", "--json"}).out)["value"], 448.0);
  EXPECT_EQ(Json::parse(lnsim_with({"number", "e5m10", "0x3c00", "--json"}).out)["value"], 1.0);
  EXPECT_EQ(Json::parse(lnsim_with({"number", "int8", "-3.5", "--json"}).out)["value"], -4.0);
  EXPECT_EQ(Json::parse(lnsim_with({"number", "fp32", "1e39", "--json"}).out)["saturated"], true);
  EXPECT_EQ(
      Json::parse(lnsim_with({"number", "lns8g8", "0.1", "--underflow", "flush", "--json"}).out)["underflow"],
      "flushed");
  EXPECT_NE(lnsim_with({"number", "lns8g8", "2"}).out.find("value                  2.0\n"),
            std::string::npos);
}

TEST_F(Cli, number_names_what_is_wrong_with_its_arguments) {
  const auto message = [](const std::vector<std::string>& arguments) {
    const Outcome outcome = lnsim_with(arguments);
    EXPECT_EQ(outcome.exit_code, 1);
    EXPECT_EQ(outcome.out, "");
    return outcome.err;
  };
  EXPECT_EQ(message({"number", "lns8g6", "1"}), "format: got lns8g6, expected gamma to be a power of two\n");
  EXPECT_EQ(message({"number", "lns99g8", "1"}), "format: got lns99g8, expected 99 to lie in 2..16\n");
  EXPECT_EQ(message({"number", "posit8", "1"}),
            "format: got posit8, expected lnsBgGAMMA, intB, eXmY, fp8_e4m3, fp8_e5m2, bf16, fp16 or fp32\n");
  EXPECT_EQ(message({"number", "lns8g8", "many"}),
            "number: got many, expected a finite real such as 0.37, or a code such as 0x5a\n");
  EXPECT_EQ(message({"number", "lns8g8", "inf"}),
            "number: got inf, expected a finite real such as 0.37, or a code such as 0x5a\n");
  EXPECT_EQ(message({"number", "lns8g8", "0x"}),
            "number: got 0x, expected a hexadecimal code such as 0x5a\n");
  EXPECT_EQ(message({"number", "lns8g8", "0x100"}), "number: got 0x100, expected a code of lns8g8\n");
  EXPECT_EQ(message({"number", "lns8g8", "1", "--zero", "some"}),
            "--zero: got some, expected one of none reserved flag\n");
  EXPECT_EQ(message({"number", "lns8g8", "1", "--zero", "none", "--underflow", "flush"}),
            "--underflow: got flush, expected clamp, since the format has no zero\n");
}

TEST_F(Cli, describe_prints_the_manual_of_a_section_and_a_schema) {
  EXPECT_NE(lnsim_with({"describe", "pe"}).out.find("collector_entries"), std::string::npos);
  EXPECT_TRUE(Json::parse(lnsim_with({"describe", "--schema"}).out).contains("properties"));
  EXPECT_FALSE(Json::parse(lnsim_with({"describe", "--json"}).out).empty());
  EXPECT_EQ(lnsim_with({"describe", "nowhere"}).exit_code, 1);
}

TEST_F(Cli, run_writes_its_files_and_prints_a_table) {
  const fs::path out = folder_ / "out" / "deep";
  const Outcome outcome = lnsim_with({"run", config_, small_trace(), "--out", out.string()});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(outcome.err, "");
  EXPECT_NE(outcome.out.find("Cycles by layer and pass"), std::string::npos);
  EXPECT_EQ(Json::parse(text_of(out / "report.json"))["totals"]["macs"], 5120);
  EXPECT_EQ(text_of(out / "layers.csv").rfind("layer,operator,pass,", 0), 0U);
  EXPECT_EQ(text_of(out / "roofline.svg").rfind("<svg ", 0), 0U);
  EXPECT_EQ(text_of(out / "energy_by_layer.svg").rfind("<svg ", 0), 0U);
  EXPECT_EQ(text_of(out / "energy_flow.svg").rfind("<svg ", 0), 0U);
  EXPECT_EQ(std::distance(fs::directory_iterator(out), {}), 5);
}

TEST_F(Cli, compare_writes_its_files_and_prints_ratios) {
  const fs::path out = folder_ / "out";
  const Outcome outcome =
      lnsim_with({"compare", config_, small_trace(), "--datapaths", "fp32,lns", "--out", out.string()});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(outcome.out.rfind("Equal lanes: ratios to fp32\n", 0), 0U);
  EXPECT_NE(outcome.out.find("Equal area: left out, because no characterisation was given.\n"),
            std::string::npos);
  const Json json = Json::parse(text_of(out / "comparison.json"));
  EXPECT_EQ(json["views"]["equal_lanes"][1]["macs"], 5120);
  EXPECT_EQ(json["views"]["equal_lanes"][0]["ratio"]["cycles"], 1.0);
  EXPECT_EQ(json["views"]["equal_area"], nullptr);
  EXPECT_EQ(text_of(out / "comparison.csv").rfind("view,datapath,", 0), 0U);
  EXPECT_EQ(text_of(out / "energy_equal_lanes.svg").rfind("<svg ", 0), 0U);
  EXPECT_EQ(std::distance(fs::directory_iterator(out), {}), 3);
}

TEST_F(Cli, paper_needs_its_presets) {
  const Outcome outcome = lnsim_with({"paper", "--presets", folder_.string()});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_NE(outcome.err.find("published.yaml: got "), std::string::npos) << outcome.err;
}

TEST_F(Cli, compare_names_all_that_is_wrong_with_its_arguments) {
  const Outcome outcome =
      lnsim_with({"compare", config_, small_trace(), "--datapaths", "lns,fp8,lns", "--held", "bits"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(outcome.err,
            "--datapaths: got fp8, expected one of lns, fp32, fp16, bf16, fp8_e4m3, fp8_e5m2, int8\n"
            "--datapaths: got lns twice, expected each datapath once\n"
            "--held: got bits, expected one of elements, bytes\n");
}

TEST_F(Cli, run_writes_a_timeline_of_the_resolution_asked_for) {
  const std::string file = (folder_ / "timeline.json").string();
  const Outcome outcome =
      lnsim_with({"run", config_, small_trace(), "--timeline", file, "--timeline-resolution", "16"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_NE(outcome.out.find("\nWritten: " + file + "\n"), std::string::npos);
  EXPECT_EQ(Json::parse(text_of(file))["otherData"]["resolution_cycles"], 16);
}

TEST_F(Cli, run_names_a_timeline_it_cannot_write_before_it_runs) {
  const std::string file = (folder_ / "absent" / "timeline.json").string();
  const Outcome outcome = lnsim_with({"run", config_, small_trace(), "--timeline", file});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(outcome.err, file + ": got No such file or directory, expected a file that can be written\n");
  EXPECT_EQ(lnsim_with({"run", config_, small_trace(), "--timeline", folder_.string()}).err,
            folder_.string() + ": got Is a directory, expected a file that can be written\n");
}

TEST_F(Cli, run_takes_a_timeline_resolution_of_one_cycle_or_more_and_only_with_a_timeline) {
  const std::string file = (folder_ / "timeline.json").string();
  EXPECT_EQ(
      lnsim_with({"run", config_, small_trace(), "--timeline", file, "--timeline-resolution", "0"}).exit_code,
      1);
  EXPECT_EQ(lnsim_with({"run", config_, small_trace(), "--timeline-resolution", "8"}).exit_code, 1);
}

TEST_F(Cli, run_writes_a_waveform_of_the_window_asked_for) {
  const std::string file = (folder_ / "fc.vcd").string();
  for (const char* operation : {"0", "fc:forward"}) {
    const Outcome outcome = lnsim_with(
        {"run", config_, small_trace(), "--vcd", file, "--vcd-window", "5:9", "--vcd-operation", operation});
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_NE(outcome.out.find("\nWritten: " + file + "\n"), std::string::npos);
    const std::string text = text_of(file);
    EXPECT_NE(text.find("\n#5000\n$dumpvars\n"), std::string::npos);
    EXPECT_EQ(text.substr(text.size() - 7), "\n#9000\n");
  }
}

TEST_F(Cli, run_names_what_is_wrong_with_a_waveform_asked_for) {
  const std::string file = (folder_ / "fc.vcd").string();
  const auto message = [&](const std::string& window, const std::string& operation) {
    const Outcome outcome = lnsim_with(
        {"run", config_, small_trace(), "--vcd", file, "--vcd-window", window, "--vcd-operation", operation});
    EXPECT_EQ(outcome.exit_code, 1);
    EXPECT_EQ(outcome.out, "");
    EXPECT_FALSE(fs::exists(file));
    return outcome.err;
  };
  for (const char* window : {"9:5", "5:5", "5", "5:", ":5", "a:b", "-1:5", "1:2:3"}) {
    EXPECT_EQ(message(window, "0"), std::string("--vcd-window: got ") + window +
                                        ", expected FROM:TO in cycles, FROM less than TO\n");
  }
  EXPECT_EQ(message("0:5", "fc:forwards"),
            "--vcd-operation: got fc:forwards, expected LAYER:PASS of the trace, or the number of one of its "
            "operations: did you mean fc:forward?\n");
  EXPECT_EQ(
      message("0:5", "1"),
      "--vcd-operation: got 1, expected LAYER:PASS of the trace, or the number of one of its operations\n");
  const std::uint64_t cycles =
      Json::parse(lnsim_with({"run", config_, small_trace(), "--json"}).out)["totals"]["cycles"];
  const std::string far = std::to_string(cycles) + ":" + std::to_string(cycles + 5);
  EXPECT_EQ(message(far, "0"), "--vcd-window: got " + far + ", expected FROM less than " +
                                   std::to_string(cycles) + ", the cycles of fc:forward\n");
}

TEST_F(Cli, run_wants_a_window_with_a_waveform_and_a_waveform_with_a_window) {
  const std::string file = (folder_ / "fc.vcd").string();
  EXPECT_EQ(lnsim_with({"run", config_, small_trace(), "--vcd", file}).exit_code, 1);
  EXPECT_EQ(lnsim_with({"run", config_, small_trace(), "--vcd-window", "1:2"}).exit_code, 1);
  EXPECT_EQ(lnsim_with({"run", config_, small_trace(), "--vcd-operation", "0"}).exit_code, 1);
  const std::string absent = (folder_ / "absent" / "fc.vcd").string();
  EXPECT_EQ(lnsim_with({"run", config_, small_trace(), "--vcd", absent, "--vcd-window", "1:2"}).err,
            absent + ": got No such file or directory, expected a file that can be written\n");
}

TEST_F(Cli, run_with_json_prints_the_report_and_nothing_else) {
  const std::string trace = small_trace();
  const Outcome outcome = lnsim_with({"run", config_, trace, "--json"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  EXPECT_EQ(Json::parse(outcome.out)["layers"].size(), 1U);
  EXPECT_EQ(outcome.out, lnsim_with({"run", config_, trace, "--json"}).out);
}

TEST_F(Cli, run_shows_progress_only_on_a_terminal) {
  std::ostringstream out;
  std::ostringstream err;
  Console terminal{out, err, true};
  EXPECT_EQ(run_cli({"run", config_, small_trace()}, terminal), 0);
  EXPECT_NE(err.str().find("1 of 2 steps  fc"), std::string::npos);
}

TEST_F(Cli, run_names_a_folder_it_cannot_make) {
  std::ofstream(folder_ / "file") << "x";
  const std::string out = (folder_ / "file" / "out").string();
  const Outcome outcome = lnsim_with({"run", config_, small_trace(), "--out", out});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(outcome.err, out + ": got Not a directory, expected a folder that can be created\n");
}

TEST_F(Cli, import_knows_its_formats) {
  const Outcome outcome = lnsim_with({"import", "pytorc", "x"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(outcome.err.rfind("format: got pytorc, expected one of pytorch", 0), 0U) << outcome.err;
  EXPECT_NE(outcome.err.find(": did you mean pytorch?\n"), std::string::npos) << outcome.err;
}

TEST_F(Cli, import_of_a_format_alone_asks_for_the_file) {
  const Outcome outcome = lnsim_with({"import", "pytorch"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(outcome.err, "file: got only the format pytorch, expected lnsim import pytorch FILE\n");
}

TEST_F(Cli, import_guesses_the_format_or_says_what_was_tried) {
  const std::string empty_step = (kSource / "tests/data/bad_pytorch/nothing_to_train.json").string();
  EXPECT_EQ(lnsim_with({"import", empty_step}).err,
            empty_step + ": got no matrix product or convolution, expected a training step\n");
  const Outcome outcome = lnsim_with({"import", config_});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(outcome.err.rfind(config_ + ": got a file that looks like none of pytorch", 0), 0U)
      << outcome.err;
}

TEST_F(Cli, import_refuses_dimensions_that_are_none_or_that_no_file_takes) {
  const auto error_of = [&](const std::string& dimension) {
    return lnsim_with({"import", "pytorch", "x", "--dim", dimension}).err;
  };
  EXPECT_EQ(error_of("batch"), "dim: got batch, expected NAME=VALUE with a value from 1 to 2147483648\n");
  EXPECT_EQ(error_of("batch=0"), "dim: got batch=0, expected NAME=VALUE with a value from 1 to 2147483648\n");
  EXPECT_EQ(error_of("batch=8"), "dim: got batch=8, expected none: pytorch files leave no dimension open\n");
}

// y = x w, x of an open batch of rows of 6, w [6, 5].
TEST_F(Cli, import_of_a_model_takes_its_open_dimensions_and_writes_a_trace_that_runs) {
  onnx::ModelProto model;
  const fs::path text = kSource / "tests/data/bad_onnx/open_dimensions.txtpb";
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(text_of(text), &model));
  const std::string file = (folder_ / "model.onnx").string();
  std::ofstream(file, std::ios::binary) << model.SerializeAsString();
  EXPECT_EQ(lnsim_with({"import", file}).exit_code, 1);
  const std::string trace = (folder_ / "model.jsonl").string();
  const Outcome made =
      lnsim_with({"import", file, "--dim", "batch=3", "--dim", "x[1]=4", "--out", trace, "--json"});
  ASSERT_EQ(made.exit_code, 0) << made.err;
  const Json json = Json::parse(made.out);
  EXPECT_EQ(json["format"], "onnx");
  EXPECT_EQ(json["macs"]["forward"], 3 * 4 * 6 * 5);
  EXPECT_EQ(json["macs"]["input_gradient"], 0);
  EXPECT_EQ(json["notes"].size(), 1U);
  const Outcome run = lnsim_with({"run", config_, trace, "--json"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(Json::parse(run.out)["totals"]["macs"], 2 * 3 * 4 * 6 * 5);
}

TEST_F(Cli, workload_writes_a_trace_that_runs) {
  const std::string trace = (folder_ / "small.jsonl").string();
  const Outcome made = lnsim_with({"workload", "gpt", "--layers", "2", "--hidden", "64", "--heads", "2",
                                   "--seq", "16", "--vocab", "100", "--out", trace});
  EXPECT_EQ(made.exit_code, 0) << made.err;
  // 2 layers of 12 64^2 16 + 2 16^2 64, and a head of 100 * 64 * 16. Products: 6 a layer and the head.
  EXPECT_EQ(made.out,
            "pass             products       MACs\n"
            "------------------------------------\n"
            "forward                13  1 740 800\n"
            "input_gradient         13  1 740 800\n"
            "weight_gradient        13  1 740 800\n"
            "\n"
            "130 lines; 28 parameters updated, 107 520 values\n"
            "Written: " +
                trace + "\n");
  const Outcome run = lnsim_with({"run", config_, trace, "--shapes-only", "--json"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(Json::parse(run.out)["totals"]["macs"], 3 * 1'740'800);
}

TEST_F(Cli, workload_prints_its_totals_as_json) {
  const Outcome outcome = lnsim_with({"workload", "resnet18", "--batch", "2", "--json"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  const Json json = Json::parse(outcome.out);
  EXPECT_EQ(json["macs"]["forward"], 3'628'146'688);
  EXPECT_EQ(json["products"]["input_gradient"], 20);
  EXPECT_EQ(json["updated_values"], 11'689'512);
}

TEST_F(Cli, workload_names_what_is_wrong_with_its_arguments) {
  const Outcome model = lnsim_with({"workload", "vgg16"});
  EXPECT_EQ(model.exit_code, 1);
  EXPECT_EQ(model.out, "");
  EXPECT_EQ(
      model.err,
      "model: got vgg16, expected one of resnet18, resnet50, resnet50-v1, bert-base, bert-large, gpt\n");
  const Outcome sizes = lnsim_with(
      {"workload", "gpt", "--size", "2b", "--layers", "-1", "--out", (folder_ / "never.jsonl").string()});
  EXPECT_EQ(sizes.exit_code, 1);
  EXPECT_EQ(sizes.err,
            "size: got 2b, expected one of 1.7b, 7.5b, 39b, 145b, 530b, 1t\n"
            "layers: got -1, expected an integer from 1 to 1024\n");
  EXPECT_FALSE(fs::exists(folder_ / "never.jsonl"));
  const Outcome word = lnsim_with({"workload", "gpt", "--layers", "many"});
  EXPECT_EQ(word.exit_code, 1);
  EXPECT_EQ(word.err, "Could not convert: --layers = many\nRun with --help for more information.\n");
}

TEST_F(Cli, workload_help_lists_models_and_sizes) {
  const std::string help = lnsim_with({"workload", "--help"}).out;
  for (const char* name : {"resnet18", "resnet50", "bert-base", "bert-large", "gpt", "1.7b", "7.5b", "39b",
                           "145b", "530b", "1t"}) {
    EXPECT_NE(help.find(std::string("  ") + name + " "), std::string::npos) << name;
  }
}

// Every bad input ends with exit code 1, a message that names the file, and nothing on standard output.
class BadInput : public Cli {
 protected:
  void expect_refused(const fs::path& named, const std::vector<std::string>& arguments) {
    const Outcome outcome = lnsim_with(arguments);
    EXPECT_EQ(outcome.exit_code, 1) << named << "\n" << outcome.err;
    EXPECT_NE(outcome.err.find(named.filename().string()), std::string::npos) << outcome.err;
    EXPECT_NE(outcome.err.find("expected"), std::string::npos) << outcome.err;
    EXPECT_EQ(outcome.out, "") << named;
    ++refused_;
  }

  // The files of a folder of tests/data with this extension.
  static std::vector<fs::path> bad_files(const std::string& folder, const std::string& extension) {
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(kSource / "tests/data" / folder)) {
      if (entry.path().extension() == extension) files.push_back(entry.path());
    }
    return files;
  }

  std::size_t refused_ = 0;
};

TEST_F(BadInput, run_configs_are_refused) {
  for (const fs::path& file : bad_files("bad_configs", ".yaml")) {
    expect_refused(file, {"run", file.string(), small_trace()});
  }
  EXPECT_GE(refused_, 20U);
}

TEST_F(BadInput, energy_tables_are_refused) {
  for (const fs::path& file : bad_files("bad_energy", ".yaml")) {
    // Tables that miss only one datapath or one optimizer are bad for another machine than the default one.
    if (file.stem() == "datapath_not_covered" || file.stem() == "optimizer_not_covered") continue;
    const fs::path config = folder_ / "config.yaml";
    std::ofstream(config) << "energy_table: " << file.string() << '\n';
    expect_refused(file, {"run", config.string(), small_trace()});
  }
  EXPECT_GE(refused_, 8U);
}

TEST_F(BadInput, pytorch_files_are_refused) {
  for (const fs::path& file : bad_files("bad_pytorch", ".json")) {
    expect_refused(file, {"import", "pytorch", file.string()});
  }
  EXPECT_GE(refused_, 15U);
}

TEST_F(BadInput, traces_are_refused) {
  for (const fs::path& file : bad_files("bad_traces", ".jsonl")) {
    expect_refused(file, {"run", config_, file.string()});
  }
  EXPECT_GE(refused_, 15U);
}

// The known answers of real files made by others and by us; see the README beside them.
struct KnownAnswer {
  const char* file;
  std::array<std::uint64_t, 3> macs;
  std::optional<std::uint64_t> parameters;
  std::optional<std::uint64_t> values;
};

TEST_F(Cli, import_of_real_pytorch_files_gives_the_known_answers) {
  const fs::path folder = kSource / "../shared/data/pytorch-et";
  if (!fs::exists(folder)) GTEST_SKIP() << "real execution traces are not at " << folder;
  const KnownAnswer answers[] = {
      {"resnet50_b2.eg.json.gz", {8178368512, 7942340608, 8178368512}, 161, 25557032},
      {"bert_base_b2.eg.json.gz", {28348121088, 28348121088, 28348121088}, 150, 132066618},
      {"param_resnet_1gpu_1.0.3.json.gz", {130853896192, 127077449728, 130853896192}, 161, 25557032},
      {"param_linear.json.gz", {11274289152, 10737418240, 11274289152}, {}, {}},
  };
  for (const KnownAnswer& answer : answers) {
    const fs::path trace = folder_ / "imported.jsonl";
    const Outcome outcome =
        lnsim_with({"import", "pytorch", (folder / answer.file).string(), "--out", trace.string(), "--json"});
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    const Json json = Json::parse(outcome.out);
    EXPECT_EQ(json["macs"]["forward"], answer.macs[0]) << answer.file;
    EXPECT_EQ(json["macs"]["input_gradient"], answer.macs[1]) << answer.file;
    EXPECT_EQ(json["macs"]["weight_gradient"], answer.macs[2]) << answer.file;
    if (answer.parameters) {
      EXPECT_EQ(json["updated_parameters"], *answer.parameters) << answer.file;
    }
    if (answer.values) {
      EXPECT_EQ(json["updated_values"], *answer.values) << answer.file;
    }
    EXPECT_TRUE(json["unmapped"].is_array()) << answer.file;
    EXPECT_TRUE(fs::exists(trace));
  }
}

}  // namespace
}  // namespace lnsim
