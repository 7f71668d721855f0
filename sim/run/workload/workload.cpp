#include "sim/run/workload/workload.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <vector>

#include "sim/base/errors.h"
#include "sim/base/value_range.h"
#include "sim/run/workload/resnet.h"
#include "sim/run/workload/transformer.h"

namespace lnsim {

namespace {

// The GPT family of Narayanan et al. 2021 (arXiv 2104.04473, table 1), with 51 200 words and 2048 tokens.
constexpr auto kGptSizes = std::to_array<WorkloadSize>({
    {"1.7b", 24, 2304, 24},
    {"7.5b", 36, 4096, 32},
    {"39b", 48, 8192, 64},
    {"145b", 80, 12288, 96},
    {"530b", 105, 20480, 128},
    {"1t", 128, 25600, 160},
});

constexpr std::int64_t kBertVocabulary = 30522;
constexpr WorkloadShape kImages{};
constexpr WorkloadShape kBertBase{
    .layers = 12, .hidden = 768, .heads = 12, .seq = 384, .vocab = kBertVocabulary};
constexpr WorkloadShape kBertLarge{
    .layers = 24, .hidden = 1024, .heads = 16, .seq = 384, .vocab = kBertVocabulary};
constexpr WorkloadShape kGpt{.layers = kGptSizes[0].layers,
                             .hidden = kGptSizes[0].hidden,
                             .heads = kGptSizes[0].heads,
                             .seq = 2048,
                             .vocab = 51200};

const std::array<WorkloadModel, 6> kModels{{
    {"resnet18", "ResNet-18, images of 224 x 224", Input::images, kImages, write_resnet18, {}},
    {"resnet50", "ResNet-50 v1.5, images of 224 x 224", Input::images, kImages, write_resnet50, {}},
    {"resnet50-v1", "ResNet-50 v1, images of 224 x 224", Input::images, kImages, write_resnet50_v1, {}},
    {"bert-base", "BERT-Base encoder, 384 tokens", Input::tokens, kBertBase, write_bert, {}},
    {"bert-large", "BERT-Large encoder, 384 tokens", Input::tokens, kBertLarge, write_bert, {}},
    {"gpt", "GPT decoder, 2048 tokens, of a --size", Input::tokens, kGpt, write_gpt, kGptSizes},
}};

const std::array<WorkloadExtent, 7> kExtents{{
    {"batch", &WorkloadOptions::batch, &WorkloadShape::batch, {1, 4096}, true, true, "Images or sequences"},
    {"image",
     &WorkloadOptions::image,
     &WorkloadShape::image,
     {32, 8192},
     true,
     false,
     "Pixels along a side of an image"},
    {"layers",
     &WorkloadOptions::layers,
     &WorkloadShape::layers,
     {1, 1024},
     false,
     true,
     "Transformer layers"},
    {"hidden", &WorkloadOptions::hidden, &WorkloadShape::hidden, {1, 65536}, false, true, "Width of a token"},
    {"heads",
     &WorkloadOptions::heads,
     &WorkloadShape::heads,
     {1, 1024},
     false,
     true,
     "Attention heads; a divisor of the width"},
    {"seq", &WorkloadOptions::seq, &WorkloadShape::seq, {1, 65536}, false, true, "Tokens of a sequence"},
    {"vocab",
     &WorkloadOptions::vocab,
     &WorkloadShape::vocab,
     {1, 262144},
     false,
     true,
     "Words of the vocabulary"},
}};

template <class Rows>
std::vector<std::string_view> names_of(const Rows& rows) {
  std::vector<std::string_view> names;
  for (const auto& row : rows) names.push_back(row.name);
  return names;
}

// The row of that name, or a mistake that lists what is known.
template <class Rows>
auto* row_named(const Rows& rows, std::string_view path, const std::string& name,
                std::vector<Diagnostic>& mistakes) {
  const auto found =
      std::find_if(rows.begin(), rows.end(), [&](const auto& row) { return row.name == name; });
  if (found != rows.end()) return &*found;
  mistakes.push_back({{}, std::string(path), name, range_text(names_of(rows))});
  return static_cast<decltype(&*found)>(nullptr);
}

bool has(const WorkloadModel& model, const WorkloadExtent& extent) {
  return model.input == Input::images ? extent.of_images : extent.of_tokens;
}

std::vector<std::string_view> option_names(const WorkloadModel& model) {
  std::vector<std::string_view> names;
  for (const WorkloadExtent& extent : kExtents) {
    if (has(model, extent)) names.push_back(extent.name);
  }
  if (model.input == Input::tokens) names.emplace_back("head");
  if (!model.sizes.empty()) names.emplace_back("size");
  return names;
}

// Puts what is asked for in the place of the model's defaults.
class Choice {
 public:
  explicit Choice(const WorkloadModel& model) : model_(model), shape_(model.defaults) {}

  WorkloadShape shape_of(const WorkloadOptions& options) {
    if (options.size) take_size(*options.size);
    for (const WorkloadExtent& extent : kExtents) {
      if (options.*extent.given) take_extent(extent, *(options.*extent.given));
    }
    if (options.head) take_head(*options.head);
    if (mistakes_.empty() && shape_.hidden % shape_.heads != 0) {
      mistakes_.push_back({{},
                           "heads",
                           fmt::format("{}", shape_.heads),
                           fmt::format("a divisor of hidden = {}", shape_.hidden)});
    }
    if (!mistakes_.empty()) throw UserError(std::move(mistakes_));
    return shape_;
  }

 private:
  void refuse(std::string_view option, const std::string& value) {
    mistakes_.push_back(
        {{},
         std::string(option),
         value,
         fmt::format("no such option: {} takes {}", model_.name, fmt::join(option_names(model_), ", "))});
  }

  void take_size(const std::string& name) {
    if (model_.sizes.empty()) return refuse("size", name);
    const WorkloadSize* size = row_named(model_.sizes, "size", name, mistakes_);
    if (size == nullptr) return;
    shape_.layers = size->layers;
    shape_.hidden = size->hidden;
    shape_.heads = size->heads;
  }

  void take_extent(const WorkloadExtent& extent, std::int64_t value) {
    if (!has(model_, extent)) return refuse(extent.name, fmt::format("{}", value));
    if (value < extent.range.lowest || value > extent.range.highest) {
      mistakes_.push_back(
          {{}, std::string(extent.name), fmt::format("{}", value), range_text(extent.range, "")});
    }
    shape_.*extent.used = value;
  }

  void take_head(const std::string& name) {
    if (model_.input != Input::tokens) return refuse("head", name);
    const auto found = std::find(kHeadNames.begin(), kHeadNames.end(), name);
    if (found == kHeadNames.end()) {
      mistakes_.push_back({{}, "head", name, range_text(kHeadNames)});
    } else {
      shape_.head = static_cast<Head>(found - kHeadNames.begin());
    }
  }

  const WorkloadModel& model_;
  WorkloadShape shape_;
  std::vector<Diagnostic> mistakes_;
};

// The command that gives this trace again, whatever the defaults become.
std::string source_of(const WorkloadModel& model, const WorkloadShape& shape) {
  std::string text = fmt::format("lnsim workload {}", model.name);
  for (const WorkloadExtent& extent : kExtents) {
    if (has(model, extent)) text += fmt::format(" --{} {}", extent.name, shape.*extent.used);
  }
  if (model.input == Input::tokens) {
    text += fmt::format(" --head {}", kHeadNames[static_cast<std::size_t>(shape.head)]);
  }
  return text;
}

}  // namespace

std::span<const WorkloadModel> workload_models() {
  return kModels;
}

std::span<const WorkloadExtent> workload_extents() {
  return kExtents;
}

Workload make_workload(const std::string& name, const WorkloadOptions& options) {
  std::vector<Diagnostic> mistakes;
  const WorkloadModel* model = row_named(kModels, "model", name, mistakes);
  if (model == nullptr) throw UserError(std::move(mistakes));
  const WorkloadShape shape = Choice(*model).shape_of(options);

  TrainingTape tape;
  model->write(shape, tape);
  Workload workload;
  workload.trace.header.format = "lns-layertrace/1";
  workload.trace.header.model =
      fmt::format("{}{}-b{}", name, options.size ? "-" + *options.size : "", shape.batch);
  workload.trace.header.source = source_of(*model, shape);
  workload.trace.operations = tape.iteration();
  workload.totals = trace_totals(workload.trace);
  return workload;
}

}  // namespace lnsim
