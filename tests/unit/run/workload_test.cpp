// Generated iterations against recorded ones, published counts and closed formulas.
#include "sim/run/workload/workload.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <set>

#include "sim/base/errors.h"

namespace lnsim {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;

// A line without the names that its maker gave it.
std::string facts(const TraceOperation& op) {
  std::string text = fmt::format("{} {}", op.op, kTracePassNames[static_cast<std::size_t>(op.pass)]);
  if (op.conv) {
    const ConvDims& d = *op.conv;
    text +=
        fmt::format(" {} {} {} {} {} {} {} {} {} {} {} {} {}", d.n, d.c, d.h, d.w, d.k, d.r, d.s, d.p, d.q,
                    d.groups, fmt::join(d.stride, ","), fmt::join(d.pad, ","), fmt::join(d.dilation, ","));
  }
  if (op.gemm) {
    text += fmt::format(" {} {} {} {} {}{}{} {}", op.gemm->batch, op.gemm->m, op.gemm->n, op.gemm->k,
                        op.a_transposed ? "at" : "", op.b_transposed ? "bt" : "", op.operand, op.macs);
  }
  return text +
         fmt::format(" {} {} {}", fmt::join(op.shape, ","), op.weights, op.update ? op.update->step : 0);
}

std::vector<std::string> facts(const Trace& trace) {
  std::vector<std::string> lines;
  for (const TraceOperation& op : trace.operations) lines.push_back(facts(op));
  return lines;
}

Trace recorded(const char* name) {
  return read_trace(fs::path(LNSIM_SOURCE_DIR) / "traces" / name);
}

TEST(Workload, resnet50_is_line_by_line_what_pytorch_executes) {
  EXPECT_EQ(facts(make_workload("resnet50", {.batch = 2}).trace), facts(recorded("resnet50-b2.jsonl")));
}

TEST(Workload, bert_base_is_line_by_line_what_pytorch_executes) {
  EXPECT_EQ(facts(make_workload("bert-base", {.batch = 2, .seq = 128}).trace),
            facts(recorded("bert-base-b2.jsonl")));
}

struct Image {
  const char* model;
  std::uint64_t macs;       // forward, of an image of 224 x 224 pixels
  std::uint64_t fc_inputs;  // of the classifier, whose work does not depend on the image
  std::uint64_t values;     // published number of parameters
};

// In v1, the first convolution of stages 2 to 4, from 2w to w channels at half the side, sees a quarter of
// the pixels.
constexpr std::uint64_t kSavedInV1 = 3 * 2 * 128 * 128 * (56 * 56 - 28 * 28);
constexpr Image kImages[] = {{"resnet18", 1'814'073'344, 512, 11'689'512},
                             {"resnet50", 4'089'184'256, 2048, 25'557'032},
                             {"resnet50-v1", 4'089'184'256 - kSavedInV1, 2048, 25'557'032}};

TEST(Workload, image_networks_have_the_published_counts_in_every_pass) {
  for (const Image& network : kImages) {
    for (const std::int64_t batch : {1, 3, 32}) {
      for (const std::int64_t side : {32, 160, 224, 448}) {
        // Maps shrink by 32 without a rest, so convolutions grow with the number of pixels.
        const auto side_u = static_cast<std::uint64_t>(side);
        const std::uint64_t classifier = network.fc_inputs * 1000;
        const std::uint64_t image =
            (network.macs - classifier) / (224 * 224) * (side_u * side_u) + classifier;
        const std::uint64_t stem = std::uint64_t{64} * 3 * 7 * 7 * (side_u / 2) * (side_u / 2);
        const auto images = static_cast<std::uint64_t>(batch);
        const TraceTotals totals = make_workload(network.model, {.batch = batch, .image = side}).totals;
        EXPECT_THAT(totals.macs, ElementsAre(images * image, images * (image - stem), images * image))
            << network.model << " " << batch << " " << side;
        EXPECT_EQ(totals.updated_values, network.values);
      }
    }
  }
}

// 12 L h^2 S + 2 L S^2 h, and V h S for a head.
std::uint64_t transformer_macs(const WorkloadShape& s) {
  const std::int64_t layer = 12 * s.hidden * s.hidden * s.seq + 2 * s.seq * s.seq * s.hidden;
  const std::int64_t head = s.head == Head::vocabulary ? s.vocab * s.hidden * s.seq : 0;
  return static_cast<std::uint64_t>(s.batch * (s.layers * layer + head));
}

void expect_macs(const TraceTotals& totals, std::uint64_t each) {
  EXPECT_THAT(totals.macs, ElementsAre(each, each, each));
}

TEST(Workload, bert_encoders_have_the_published_counts) {
  expect_macs(make_workload("bert-base", {.seq = 384, .head = "none"}).totals, 35'332'816'896);
  expect_macs(make_workload("bert-large", {.seq = 384, .head = "none"}).totals, 123'211'874'304);
}

TEST(Workload, transformers_follow_the_closed_formula) {
  for (const std::string model : {"bert-base", "bert-large", "gpt"}) {
    for (const std::int64_t batch : {1, 5}) {
      for (const std::int64_t seq : {1, 128, 512}) {
        for (const Head head : {Head::vocabulary, Head::none}) {
          WorkloadShape shape{
              .batch = batch, .layers = 3, .hidden = 96, .heads = 4, .seq = seq, .vocab = 1000, .head = head};
          const std::string head_name(kHeadNames[static_cast<std::size_t>(head)]);
          const Workload workload = make_workload(model, {.batch = batch,
                                                          .layers = 3,
                                                          .hidden = 96,
                                                          .heads = 4,
                                                          .seq = seq,
                                                          .vocab = 1000,
                                                          .head = head_name});
          expect_macs(workload.totals, transformer_macs(shape));
          // 12 L h^2 + 13 L h, tables, the first or last normalisation; BERT's head has its own weights.
          const bool own_head = model != "gpt" && head == Head::vocabulary;
          const std::int64_t values =
              12 * 3 * 96 * 96 + 13 * 3 * 96 + (1000 + seq) * 96 + 2 * 96 + (own_head ? 1000 * 96 + 1000 : 0);
          EXPECT_EQ(workload.totals.updated_values, static_cast<std::uint64_t>(values)) << model;
        }
      }
    }
  }
}

struct Gpt {
  const char* size;
  std::int64_t layers, hidden, heads;
  double published_billions;
};

// Narayanan et al. 2021, table 1.
constexpr Gpt kGpts[] = {{"1.7b", 24, 2304, 24, 1.7},      {"7.5b", 36, 4096, 32, 7.5},
                         {"39b", 48, 8192, 64, 39.1},      {"145b", 80, 12288, 96, 145.6},
                         {"530b", 105, 20480, 128, 529.6}, {"1t", 128, 25600, 160, 1008.0}};

TEST(Workload, the_gpt_family_has_the_published_sizes) {
  for (const Gpt& gpt : kGpts) {
    const Workload workload = make_workload("gpt", {.size = gpt.size});
    const WorkloadShape shape{
        .layers = gpt.layers, .hidden = gpt.hidden, .heads = gpt.heads, .seq = 2048, .vocab = 51200};
    expect_macs(workload.totals, transformer_macs(shape));
    const auto l = static_cast<double>(gpt.layers);
    const auto h = static_cast<double>(gpt.hidden);
    const double formula = 12 * l * h * h * (1 + 13 / (12 * h) + (51200.0 + 2048.0) / (12 * l * h));
    // The formula leaves out the last normalisation.
    EXPECT_NEAR(static_cast<double>(workload.totals.updated_values), formula + 2 * h, 1) << gpt.size;
    EXPECT_NEAR(static_cast<double>(workload.totals.updated_values) / 1e9, gpt.published_billions, 0.05)
        << gpt.size;
    // Scores of every head: [heads, S, S] from width h / heads.
    const auto scores = std::find_if(workload.trace.operations.begin(), workload.trace.operations.end(),
                                     [](const TraceOperation& op) { return op.op == "bmm"; });
    EXPECT_EQ(*scores->gemm, (GemmDims{gpt.heads, 2048, 2048, gpt.hidden / gpt.heads}));
  }
}

// The same paper's count of operations, 96 B S l h^2 (1 + S / (6 h) + V / (16 l h)), computes the forward
// pass of the layers twice.
TEST(Workload, gpt_operations_are_the_published_ones_less_the_recomputation) {
  const TraceTotals totals = make_workload("gpt", {.batch = 4, .size = "145b"}).totals;
  const double tokens = 4.0 * 2048;
  const double l = 80, h = 12288;
  const double published = 96 * tokens * l * h * h * (1 + 2048 / (6 * h) + 51200 / (16 * l * h));
  const double recomputed = 24 * tokens * l * h * h * (1 + 2048 / (6 * h));
  const double generated = 2 * static_cast<double>(totals.macs[0] + totals.macs[1] + totals.macs[2]);
  EXPECT_NEAR(generated / (published - recomputed), 1, 1e-12);
}

TEST(Workload, the_largest_one_is_a_small_file) {
  EXPECT_LE(make_workload("gpt", {.size = "1t"}).trace.operations.size(), 128U * 55 + 30);
}

TEST(Workload, layers_have_names_of_their_own_and_every_pass_names_a_forward_layer) {
  for (const WorkloadModel& model : workload_models()) {
    const Trace trace = make_workload(std::string(model.name), {}).trace;
    std::set<std::pair<std::string, std::string>> forward;
    std::set<std::string> layers, parameters;
    for (const TraceOperation& op : trace.operations) {
      if (op.pass == Pass::forward) {
        EXPECT_TRUE(forward.insert({op.layer, op.op}).second) << model.name << " " << op.layer;
        layers.insert(op.layer);
      } else {
        EXPECT_TRUE(layers.contains(op.layer)) << model.name << " " << op.layer;
      }
      if (op.update) {
        EXPECT_TRUE(parameters.insert(op.update->parameter).second) << op.update->parameter;
      }
    }
  }
  const Trace bert = make_workload("bert-base", {}).trace;
  EXPECT_TRUE(std::any_of(bert.operations.begin(), bert.operations.end(),
                          [](const TraceOperation& op) { return op.layer == "layer12.attention.qkv"; }));
}

class WorkloadFile : public testing::Test {
 protected:
  Trace read_back(const Trace& trace) const {
    write_trace(trace, path_);
    Trace again = read_trace(path_);
    fs::remove(path_);
    return again;
  }
  fs::path path_ = fs::temp_directory_path() / fmt::format("lnsim_workload_{}.jsonl", ::getpid());
};

TEST_F(WorkloadFile, is_read_again_as_it_was_generated) {
  for (const WorkloadModel& model : workload_models()) {
    const Trace trace = make_workload(std::string(model.name), {.batch = 2}).trace;
    const Trace again = read_back(trace);
    EXPECT_EQ(facts(again), facts(trace)) << model.name;
    EXPECT_EQ(again.header.model, std::string(model.name) + "-b2");
  }
}

TEST_F(WorkloadFile, says_which_command_makes_it_again) {
  EXPECT_EQ(read_back(make_workload("gpt", {.layers = 1, .size = "1t", .head = "none"}).trace).header.source,
            "lnsim workload gpt --batch 1 --layers 1 --hidden 25600 --heads 160 --seq 2048 --vocab 51200 "
            "--head none");
  EXPECT_EQ(make_workload("resnet18", {}).trace.header.source,
            "lnsim workload resnet18 --batch 1 --image 224");
  EXPECT_EQ(make_workload("gpt", {.layers = 1, .size = "1t"}).trace.header.model, "gpt-1t-b1");
}

TEST_F(WorkloadFile, is_read_again_at_the_upper_end_of_every_option) {
  WorkloadOptions options;
  for (const WorkloadExtent& extent : workload_extents()) {
    if (extent.of_tokens) options.*extent.given = extent.range.highest;
  }
  options.layers = 1;
  // One layer of these sizes exceeds what a sum may be; each of its products does not.
  EXPECT_THROW(make_workload("gpt", options), UserError);
  options.batch = 64;
  EXPECT_EQ(read_back(make_workload("gpt", options).trace).operations.size(),
            make_workload("gpt", {.layers = 1}).trace.operations.size());
  const Trace images = make_workload("resnet50", {.batch = 4096, .image = 8192}).trace;
  EXPECT_EQ(facts(read_back(images)), facts(images));
}

std::string message(const std::string& model, const WorkloadOptions& options) {
  try {
    make_workload(model, options);
  } catch (const UserError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(Workload, mistakes_are_all_named_with_what_is_known) {
  EXPECT_EQ(
      message("resnet34", {}),
      "model: got resnet34, expected one of resnet18, resnet50, resnet50-v1, bert-base, bert-large, gpt");
  EXPECT_EQ(message("gpt", {.size = "2b"}), "size: got 2b, expected one of 1.7b, 7.5b, 39b, 145b, 530b, 1t");
  EXPECT_EQ(message("bert-base", {.heads = 7}), "heads: got 7, expected a divisor of hidden = 768");
  EXPECT_EQ(message("bert-base", {.hidden = 100}), "heads: got 12, expected a divisor of hidden = 100");
  EXPECT_EQ(message("bert-base", {.layers = 0}), "layers: got 0, expected an integer from 1 to 1024");
  EXPECT_EQ(message("resnet18", {.image = 31}), "image: got 31, expected an integer from 32 to 8192");
  EXPECT_EQ(message("resnet18", {.seq = 128}),
            "seq: got 128, expected no such option: resnet18 takes batch, image");
  EXPECT_EQ(message("resnet18", {.head = "none"}),
            "head: got none, expected no such option: resnet18 takes batch, image");
  EXPECT_EQ(message("gpt", {.image = 224}),
            "image: got 224, expected no such option: gpt takes batch, layers, hidden, heads, seq, vocab, "
            "head, size");
  EXPECT_EQ(message("bert-large", {.batch = 0, .seq = -1, .size = "1t", .head = "mlm"}),
            "size: got 1t, expected no such option: bert-large takes batch, layers, hidden, heads, seq, "
            "vocab, head\n"
            "batch: got 0, expected an integer from 1 to 4096\n"
            "seq: got -1, expected an integer from 1 to 65536\n"
            "head: got mlm, expected one of vocabulary, none");
  EXPECT_EQ(
      message("gpt", {.batch = 4096, .layers = 1024, .hidden = 65536, .heads = 1, .seq = 65536}),
      "got more than 2^62 multiply-accumulates in a pass, expected a training iteration that fits 64-bit "
      "counts");
}

TEST(Workload, tables_name_each_thing_once) {
  std::set<std::string_view> models, extents, sizes;
  for (const WorkloadModel& model : workload_models()) {
    EXPECT_TRUE(models.insert(model.name).second) << model.name;
    for (const WorkloadSize& size : model.sizes) EXPECT_TRUE(sizes.insert(size.name).second) << size.name;
  }
  for (const WorkloadExtent& extent : workload_extents()) {
    EXPECT_TRUE(extents.insert(extent.name).second) << extent.name;
  }
}

}  // namespace
}  // namespace lnsim
