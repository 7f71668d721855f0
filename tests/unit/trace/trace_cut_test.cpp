#include "sim/run/trace_tools/trace_cut.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "sim/base/errors.h"
#include "sim/run/report/provenance.h"
#include "sim/run/trace_tools/trace_check.h"
#include "tests/unit/trace/recorded_trace.h"

namespace lnsim {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

const Progress kSilent = [](std::size_t, std::size_t, const std::string&) {};

std::vector<std::string> lines_of(const fs::path& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

// A part of an iteration does not say how values flow.
Json without_flow(const std::string& text) {
  Json line = Json::parse(text);
  for (const char* names : {"in", "out", "params"}) {
    if (line.contains(names) && line[names].is_array()) line.erase(names);
  }
  return line;
}

template <class Call>
std::string message_of(Call call) {
  try {
    call();
  } catch (const UserError& error) {
    return error.what();
  }
  return "no error";
}

class CutOfTheShippedStep : public testing::Test {
 protected:
  CutResult cut(const CutOptions& options) { return cut_trace(trace_, options, out_); }

  RecordedTrace folder_{"cut"};
  const fs::path out_ = folder_.folder() / "part.jsonl";
  const Trace trace_ = read_trace(LNSIM_SOURCE_DIR "/traces/digits-cnn.jsonl");
};

TEST_F(CutOfTheShippedStep, to_layers_keeps_their_lines_as_they_are_and_the_tensors_that_they_name) {
  const CutResult result = cut({{"block1.conv*", "fc"}, {}, {}});
  const Trace part = read_trace(out_);
  EXPECT_EQ(part.operations.size(), result.operations);
  EXPECT_EQ(part.tensors.size(), result.tensors);
  // Tensors have the names of their layers.
  const auto of_the_layers =
      std::count_if(trace_.tensors.begin(), trace_.tensors.end(), [](const auto& tensor) {
        return tensor.first.starts_with("block1.conv") || tensor.first.starts_with("fc/") ||
               tensor.first.starts_with("fc.");
      });
  EXPECT_EQ(part.tensors.size(), static_cast<std::size_t>(of_the_layers));
  std::vector<Json> before;
  for (const std::string& line : lines_of(trace_.path)) before.push_back(without_flow(line));
  const std::vector<std::string> after = lines_of(out_);
  for (std::size_t i = 1; i < after.size(); ++i)
    EXPECT_THAT(before, testing::Contains(Json::parse(after[i])));
  const TensorStore from(trace_), to(part);
  for (const auto& tensor : part.tensors) {
    EXPECT_EQ(to.read(tensor.first).values, from.read(tensor.first).values) << tensor.first;
  }
  EXPECT_TRUE(result.weights_without_storage.empty());
  const TraceCheck found = check_trace(part, {}, kSilent);
  EXPECT_TRUE(found.problems.empty());
  EXPECT_EQ(found.products, 9U);
  EXPECT_EQ(found.updates, 3U);
}

TEST_F(CutOfTheShippedStep, states_the_hash_of_its_own_tensors_and_what_else_the_header_had) {
  cut({{"stem"}, {}, {}});
  const Json header = Json::parse(lines_of(out_).front());
  EXPECT_EQ(header["tensors"], "part.npz");
  EXPECT_EQ(header["npz_sha256"], file_hash(folder_.folder() / "part.npz"));
  EXPECT_EQ(header["data"], "scikit-learn digits");
}

TEST_F(CutOfTheShippedStep, gives_equal_bytes_again) {
  cut({{"stem"}, {}, {}});
  const std::string first = file_hash(folder_.folder() / "part.npz"), lines = file_hash(out_);
  cut({{"stem"}, {}, {}});
  EXPECT_EQ(file_hash(folder_.folder() / "part.npz"), first);
  EXPECT_EQ(file_hash(out_), lines);
}

TEST_F(CutOfTheShippedStep, to_passes_says_which_weights_lose_their_storage) {
  const CutResult forward = cut({{}, {Pass::forward}, {}});
  EXPECT_EQ(forward.operations, static_cast<std::uint64_t>(std::count_if(
                                    trace_.operations.begin(), trace_.operations.end(),
                                    [](const TraceOperation& op) { return op.pass == Pass::forward; })));
  EXPECT_EQ(forward.weights_without_storage.size(), 7U);
  const CutResult both = cut({{}, {Pass::forward, Pass::update}, {}});
  EXPECT_TRUE(both.weights_without_storage.empty());
  EXPECT_TRUE(check_trace(read_trace(out_), {}, kSilent).problems.empty());
}

TEST_F(CutOfTheShippedStep, to_operations_counts_them_from_zero) {
  const CutResult result = cut({{}, {}, std::pair<std::uint64_t, std::uint64_t>{2, 3}});
  EXPECT_EQ(result.operations, 2U);
  const Trace part = read_trace(out_);
  EXPECT_EQ(part.operations[0].index, trace_.operations[2].index);
  EXPECT_EQ(part.operations[1].layer, trace_.operations[3].layer);
}

TEST_F(CutOfTheShippedStep, that_leaves_nothing_is_refused_and_writes_nothing) {
  const std::string path = trace_.path.string();
  EXPECT_EQ(
      message_of([&] {
        cut({{"stem"}, {Pass::backward}, {}});
      }),
      path +
          ": got no operation that is in all of the layers, passes and operations asked for, expected at "
          "least one");
  EXPECT_EQ(message_of([&] {
              cut({{"stme", "fc"}, {}, {}});
            }),
            path + ": --layers: got stme, expected a layer of the trace (did you mean stem?)");
  EXPECT_FALSE(fs::exists(out_));
  EXPECT_FALSE(fs::exists(folder_.folder() / "part.npz"));
}

TEST_F(CutOfTheShippedStep, that_the_disk_does_not_take_says_so) {
  const std::string out = (folder_.folder() / "nowhere" / "part.jsonl").string();
  const std::string message = message_of([&] { cut_trace(trace_, {}, out); });
  EXPECT_EQ(message, out + ": got No such file or directory, expected a file that can be written");
}

TEST(TraceCut, never_overwrites_what_it_cuts) {
  RecordedTrace recorded("cut_source");
  recorded.operation({{"layer", "r"}, {"op", "relu"}, {"pass", "fwd"}, {"shape", {1}}});
  recorded.tensor("x", {1}, {1});
  const Trace trace = recorded.read();
  EXPECT_EQ(message_of([&] { cut_trace(trace, {}, trace.path); }),
            "--out: got " + trace.path.string() + ", expected a file other than those of the trace");
  EXPECT_EQ(message_of([&] { cut_trace(trace, {}, recorded.folder() / "x.npz"); }),
            "--out: got " + (recorded.folder() / "x.npz").string() +
                ", expected the name of a manifest: NAME.jsonl");
}

TEST(TraceCut, puts_tensors_with_files_of_their_own_into_one_archive) {
  RecordedTrace recorded("cut_files");
  recorded.operation({{"layer", "fc"},
                      {"op", "linear"},
                      {"pass", "fwd"},
                      {"gemm", {{"M", 1}, {"N", 1}, {"K", 2}}},
                      {"a", "x"},
                      {"b", "w"},
                      {"b_trans", true},
                      {"out", "y"}});
  recorded.tensor("x", {1, 2}, {1, 2});
  recorded.tensor("w", {1, 2}, {3, 4});
  recorded.tensor("y", {1, 1}, {11});
  recorded.tensor("spare", {1}, {0});
  const fs::path out = recorded.folder() / "part.jsonl";
  const CutResult result = cut_trace(recorded.read(), {}, out);
  EXPECT_EQ(result.written, (std::vector<fs::path>{out, recorded.folder() / "part.npz"}));
  const Trace part = read_trace(out);
  EXPECT_EQ(part.tensors.size(), 3U);
  EXPECT_TRUE(part.tensors.at("x").file.empty());
  EXPECT_EQ(TensorStore(part).read("w").values, (std::vector<double>{3, 4}));
  EXPECT_TRUE(check_trace(part, {}, kSilent).problems.empty());
}

TEST(TraceCut, names_a_tensor_that_is_not_there_and_leaves_nothing) {
  RecordedTrace recorded("cut_missing");
  recorded.operation(
      {{"layer", "r"}, {"op", "relu"}, {"pass", "fwd"}, {"shape", {1}}, {"mask", "x"}, {"other", "y"}});
  recorded.tensor("x", {1}, {1});
  recorded.tensor("y", {1}, {1});
  fs::remove(recorded.folder() / "y.npy");
  const fs::path out = recorded.folder() / "part.jsonl";
  EXPECT_EQ(
      message_of([&] { cut_trace(recorded.read(), {}, out); }),
      (recorded.folder() / "y.npy").string() + ": y: got no such file, expected the tensor's .npy file");
  for (const auto& file : fs::directory_iterator(recorded.folder()))
    EXPECT_FALSE(file.path().filename().string().starts_with("part")) << file.path();
}

TEST(TraceCut, keeps_tensors_that_only_other_programs_read_and_the_digests_right) {
  RecordedTrace recorded("cut_others");
  recorded.header["lines_sha256"] = "of the whole";
  Json line{{"layer", "r"}, {"op", "relu"}, {"pass", "fwd"}, {"shape", {1}}, {"mask", "r/mask"}};
  recorded.operation(line);
  recorded.operation({{"layer", "s"}, {"op", "relu"}, {"pass", "fwd"}, {"shape", {1}}});
  recorded.tensor("r/mask", {1}, {1});
  recorded.tensor("s", {1}, {1});  // named as a layer only
  const fs::path out = recorded.folder() / "part.jsonl";
  EXPECT_EQ(cut_trace(recorded.read(), {}, out).tensors, 1U);
  EXPECT_TRUE(read_trace(out).tensors.contains("r/mask"));
  const std::vector<std::string> lines = lines_of(out);
  EXPECT_EQ(Json::parse(lines[0])["lines_sha256"],
            text_hash(lines[1] + "\n" + lines[2] + "\n" + lines[3] + "\n"));
}

TEST(TraceCut, drops_dependencies_on_what_is_gone) {
  RecordedTrace recorded("cut_deps");
  for (const char* layer : {"a", "b", "c"}) {
    Json line{{"layer", layer}, {"op", "relu"}, {"pass", "fwd"}, {"shape", {1}}};
    if (layer[0] == 'c') line["deps"] = {0, 1};
    recorded.operation(line);
  }
  const fs::path out = recorded.folder() / "part.jsonl";
  const CutResult result = cut_trace(recorded.read(), {{"[bc]"}, {}, {}}, out);
  EXPECT_EQ(result.written, std::vector<fs::path>{out});  // no tensors, no archive
  EXPECT_EQ(read_trace(out).operations.size(), 2U);
  EXPECT_EQ(Json::parse(lines_of(out).back())["deps"], Json({1}));
}

}  // namespace
}  // namespace lnsim
