#include "sim/run/workload/resnet.h"

#include <fmt/format.h>

#include <array>
#include <string>

#include "sim/run/trace/trace_formulas.h"

namespace lnsim {

namespace {

constexpr std::int64_t kClasses = 1000;
constexpr std::int64_t kStages = 4;

struct FeatureMap {
  std::int64_t images, channels, side;
  TrainingTape::Shape shape() const { return {images, channels, side, side}; }
};

struct Filter {
  std::int64_t outputs, side, stride;
};

// A convolution padded so that only its stride makes the map smaller, and its normalisation.
FeatureMap convolution(TrainingTape& tape, const std::string& name, const std::string& normalisation,
                       const FeatureMap& in, const Filter& filter,
                       InputGradient input_gradient = InputGradient::needed) {
  const std::int64_t pad = filter.side / 2;
  const std::int64_t side = conv_output_extent(in.side, filter.side, filter.stride, pad, 1);
  const ConvDims dims{.n = in.images,
                      .c = in.channels,
                      .h = in.side,
                      .w = in.side,
                      .k = filter.outputs,
                      .r = filter.side,
                      .s = filter.side,
                      .p = side,
                      .q = side,
                      .groups = 1,
                      .stride = {filter.stride, filter.stride},
                      .pad = {pad, pad},
                      .dilation = {1, 1}};
  tape.convolution(name, dims, input_gradient);
  const FeatureMap out{in.images, filter.outputs, side};
  tape.normalisation(normalisation, "batch_norm", out.shape(), out.channels);
  return out;
}

// The convolutions of a residual branch; a relu stands between them.
struct Branch {
  std::array<Filter, 3> filters;
  std::size_t count;
  std::int64_t outputs() const { return filters[count - 1].outputs; }
};

Branch basic(std::int64_t width, std::int64_t stride) {
  return {{{{width, 3, stride}, {width, 3, 1}, {}}}, 2};
}
Branch bottleneck(std::int64_t width, std::int64_t stride) {
  return {{{{width, 1, 1}, {width, 3, stride}, {4 * width, 1, 1}}}, 3};
}
// As first published: the map becomes smaller in front of the 3x3 convolution.
Branch bottleneck_v1(std::int64_t width, std::int64_t stride) {
  return {{{{width, 1, stride}, {width, 3, 1}, {4 * width, 1, 1}}}, 3};
}

FeatureMap residual_block(TrainingTape& tape, const std::string& name, const FeatureMap& in,
                          const Branch& branch, std::int64_t stride) {
  tape.fork(name + ".add", in.shape());
  FeatureMap out = in;
  for (std::size_t i = 0; i < branch.count; ++i) {
    if (i != 0) tape.vector(fmt::format("{}.relu{}", name, i), "relu", out.shape());
    out = convolution(tape, fmt::format("{}.conv{}", name, i + 1), fmt::format("{}.bn{}", name, i + 1), out,
                      branch.filters.at(i));
  }
  if (stride != 1 || in.channels != out.channels) {
    convolution(tape, name + ".down", name + ".down_bn", in, {branch.outputs(), 1, stride});
  }
  tape.join(name + ".add", out.shape());
  tape.vector(fmt::format("{}.relu{}", name, branch.count), "relu", out.shape());
  return out;
}

FeatureMap stem(TrainingTape& tape, const WorkloadShape& shape) {
  const FeatureMap image{shape.batch, 3, shape.image};
  const FeatureMap out = convolution(tape, "stem", "stem.bn", image, {64, 7, 2}, InputGradient::not_needed);
  tape.vector("stem.relu", "relu", out.shape());
  tape.vector("stem.pool", "max_pool2d", out.shape());
  return {out.images, out.channels, conv_output_extent(out.side, 3, 2, 1, 1)};
}

void write(const WorkloadShape& shape, TrainingTape& tape, Branch (*branch)(std::int64_t, std::int64_t),
           const std::array<int, kStages>& blocks) {
  FeatureMap map = stem(tape, shape);
  for (std::size_t stage = 0; stage < blocks.size(); ++stage) {
    const std::int64_t width = std::int64_t{64} << stage;
    for (int block = 0; block < blocks.at(stage); ++block) {
      const std::int64_t stride = stage != 0 && block == 0 ? 2 : 1;
      map = residual_block(tape, fmt::format("stage{}.block{}", stage + 1, block + 1), map,
                           branch(width, stride), stride);
    }
  }
  tape.vector("pool", "adaptive_avg_pool2d", map.shape());
  tape.linear("fc", {map.images, map.channels, kClasses});
  tape.vector("loss.log_softmax", "log_softmax", {map.images, kClasses});
  tape.vector("loss", "nll_loss", {map.images, kClasses});
}

}  // namespace

void write_resnet18(const WorkloadShape& shape, TrainingTape& tape) {
  write(shape, tape, basic, {2, 2, 2, 2});
}

void write_resnet50(const WorkloadShape& shape, TrainingTape& tape) {
  write(shape, tape, bottleneck, {3, 4, 6, 3});
}

void write_resnet50_v1(const WorkloadShape& shape, TrainingTape& tape) {
  write(shape, tape, bottleneck_v1, {3, 4, 6, 3});
}

}  // namespace lnsim
