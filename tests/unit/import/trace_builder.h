// Builds small PyTorch execution traces for tests.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace lnsim {

// Builds execution traces node by node, in the layout of schema 1.0.1.
class TraceBuilder {
 public:
  struct Argument {
    nlohmann::json value, shape, type;
  };
  static Argument tensor(int storage, std::vector<std::int64_t> shape, int offset = 0,
                         const char* type = "float") {
    return {{storage, storage, offset, 1, 4, "cpu"}, shape, std::string("Tensor(") + type + ")"};
  }
  static Argument value(nlohmann::json json) { return {std::move(json), nlohmann::json::array(), "Value"}; }

  TraceBuilder() { add("root", 1, 7); }

  // Returns the node's id.
  int add(const std::string& name, int parent, int scope = 0, int sequence = -1,
          std::vector<Argument> inputs = {}, std::vector<Argument> outputs = {}) {
    const int id = static_cast<int>(nodes_.size()) + 1;
    nlohmann::json node{
        {"name", name}, {"id", id}, {"parent", parent}, {"scope", scope}, {"seq_id", sequence}};
    put(node, "inputs", "input_shapes", "input_types", inputs);
    put(node, "outputs", "output_shapes", "output_types", outputs);
    nodes_.push_back(std::move(node));
    return id;
  }

  // A backward function inside its evaluation.
  int add_backward(const std::string& name, int sequence) {
    const int evaluation = add("autograd::engine::evaluate_function: " + name, 1);
    return add(name, evaluation, 1, sequence);
  }

  nlohmann::json flat() const { return {{"schema", "1.0.1"}, {"nodes", nodes_}}; }

  // The same nodes in the layout of the later schemas.
  nlohmann::json nested() const {
    nlohmann::json nodes = nlohmann::json::array();
    for (const nlohmann::json& node : nodes_) {
      nodes.push_back(
          {{"id", node["id"]},
           {"name", node["name"]},
           {"ctrl_deps", node["parent"]},
           {"inputs",
            {{"values", node["inputs"]}, {"shapes", node["input_shapes"]}, {"types", node["input_types"]}}},
           {"outputs",
            {{"values", node["outputs"]},
             {"shapes", node["output_shapes"]},
             {"types", node["output_types"]}}},
           {"attrs",
            {{{"name", "scope"}, {"type", "uint64"}, {"value", node["scope"]}},
             {{"name", "seq_id"}, {"type", "int64"}, {"value", node["seq_id"]}}}}});
    }
    return {{"schema", "1.1.1-chakra.0.0.4"}, {"nodes", nodes}};
  }

 private:
  static void put(nlohmann::json& node, const char* values, const char* shapes, const char* types,
                  const std::vector<Argument>& arguments) {
    for (const char* key : {values, shapes, types}) node[key] = nlohmann::json::array();
    for (const Argument& argument : arguments) {
      node[values].push_back(argument.value);
      node[shapes].push_back(argument.shape);
      node[types].push_back(argument.type);
    }
  }

  nlohmann::json nodes_ = nlohmann::json::array();
};

}  // namespace lnsim
