#include "tools/export/astra_sim.h"

#include <fmt/format.h>

#include <cstdint>
#include <list>
#include <unordered_map>
#include <utility>

#include "sim/run/compile/product_shape.h"
#include "sim/run/trace/trace_formulas.h"
#include "tools/export/layer_names.h"

namespace lnsim {

namespace {

struct Layer {
  std::string name;
  std::uint64_t forward = 0, input_gradient = 0, weight_gradient = 0, update = 0;  // cycles
  std::uint64_t gradient_bytes = 0;
};

class Workload {
 public:
  explicit Workload(std::uint32_t gradient_bits) : gradient_bits_(gradient_bits) {}

  void add(const OperationResult& done, const TraceOperation& operation) {
    Layer& layer = layer_of(done);
    switch (done.pass) {
      case Pass::forward:
        layer.forward += done.run.cycles;
        break;
      case Pass::input_gradient:
      case Pass::backward:
        layer.input_gradient += done.run.cycles;
        break;
      case Pass::weight_gradient:
        layer.weight_gradient += done.run.cycles;
        break;
      case Pass::update:
        layer.update += done.run.cycles;
        const auto values = static_cast<std::uint64_t>(element_count(operation.shape).value_or(0));
        layer.gradient_bytes += (values * gradient_bits_ + 7) / 8;
        break;
    }
  }

  std::string text() const {
    std::string text = fmt::format("DATA\n{}\n", layers_.size());
    for (Layer layer : layers_) {
      if (layer.name == layers_.front().name) {
        layer.weight_gradient += std::exchange(layer.input_gradient, 0);
      }
      text +=
          fmt::format("{}\t-1\t{}\tNONE\t0\t{}\tNONE\t0\t{}\t{}\t{}\t{}\n", layer.name, layer.forward,
                      layer.input_gradient, layer.weight_gradient,
                      layer.gradient_bytes > 0 ? "ALLREDUCE" : "NONE", layer.gradient_bytes, layer.update);
    }
    return text;
  }

 private:
  // A new layer of the backward pass goes in front of the one whose turn was before.
  Layer& layer_of(const OperationResult& done) {
    const auto [entry, is_new] = place_.try_emplace(done.layer, layers_.end());
    if (is_new) {
      const bool forward = done.pass == Pass::forward;
      entry->second =
          layers_.insert(forward ? layers_.end() : last_backward_, Layer{names_.name_of(done.layer)});
    }
    if (done.pass != Pass::forward && done.pass != Pass::update) last_backward_ = entry->second;
    return *entry->second;
  }

  std::uint32_t gradient_bits_;
  LayerNames names_{{}};
  std::list<Layer> layers_;
  std::unordered_map<std::string, std::list<Layer>::iterator> place_;
  std::list<Layer>::iterator last_backward_ = layers_.end();
};

}  // namespace

std::string astra_sim_workload(const IterationResult& result, const Trace& trace, const RunConfig& config) {
  Workload workload(kind_bits(config.machine.formats).gradient);
  for (std::size_t i = 0; i < result.operations.size(); ++i) {
    workload.add(result.operations[i], trace.operations[i]);
  }
  return workload.text();
}

}  // namespace lnsim
