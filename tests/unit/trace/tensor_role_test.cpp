#include "sim/run/trace_tools/tensor_role.h"

#include <gtest/gtest.h>

#include "tests/unit/trace/recorded_trace.h"

namespace lnsim {
namespace {

using Json = nlohmann::json;

// Shape 1 x 1 x 1: what matters is who names whom.
Json product(const char* layer, const char* op, const char* pass, Json tensors) {
  Json line{{"layer", layer}, {"op", op}, {"pass", pass}, {"gemm", {{"M", 1}, {"N", 1}, {"K", 1}}}};
  line.update(tensors);
  return line;
}

TEST(TensorPlaces, follow_from_the_operations_of_a_linear_layer_and_its_update) {
  RecordedTrace recorded("roles");
  for (const char* key : {"x", "w", "y", "dy", "dx", "dw", "dwq", "m", "v", "new", "other"})
    recorded.tensor(key, {1, 1}, {1});
  recorded.operation(
      product("fc", "linear", "fwd", {{"a", "x"}, {"b", "w"}, {"b_trans", true}, {"out", "y"}}));
  recorded.operation(product("fc", "linear", "bwd_input", {{"a", "dy"}, {"b", "w"}, {"out", "dx"}}));
  recorded.operation(
      product("fc", "linear", "bwd_weight", {{"a", "dy"}, {"a_trans", true}, {"b", "x"}, {"out", "dw"}}));
  recorded.operation({{"layer", "fc"},
                      {"op", "update"},
                      {"pass", "update"},
                      {"param", "fc.weight"},
                      {"shape", {1, 1}},
                      {"w", "w"},
                      {"dw", "dwq"},
                      {"m", "m"},
                      {"v", "v"},
                      {"out", "new"}});
  const auto places = tensor_places(recorded.read());
  EXPECT_EQ(places.at("x").role, TensorRole::activation);
  EXPECT_EQ(places.at("w").role, TensorRole::weight);
  EXPECT_EQ(places.at("y").role, TensorRole::output);
  EXPECT_EQ(places.at("dy").role, TensorRole::error);
  EXPECT_EQ(places.at("dx").role, TensorRole::input_gradient);
  EXPECT_EQ(places.at("dw").role, TensorRole::gradient);
  EXPECT_EQ(places.at("dwq").role, TensorRole::update_gradient);
  EXPECT_EQ(places.at("m").role, TensorRole::optimizer_state);
  EXPECT_EQ(places.at("v").role, TensorRole::optimizer_state);
  EXPECT_EQ(places.at("new").role, TensorRole::new_weight);
  EXPECT_EQ(places.at("new").layer, "fc");
  EXPECT_EQ(places.at("other").role, TensorRole::other);
  EXPECT_EQ(places.at("other").layer, "");
}

TEST(TensorPlaces, of_a_batched_product_are_activations_and_their_gradients) {
  RecordedTrace recorded("bmm_roles");
  for (const char* key : {"a", "b", "y", "dy", "da", "db"}) recorded.tensor(key, {1, 1, 1}, {1});
  recorded.operation(product("qk", "bmm", "fwd", {{"a", "a"}, {"b", "b"}, {"out", "y"}}));
  recorded.operation(product("qk", "bmm", "bwd_input",
                             {{"operand", "a"}, {"a", "dy"}, {"b", "b"}, {"b_trans", true}, {"out", "da"}}));
  recorded.operation(product("qk", "bmm", "bwd_weight",
                             {{"operand", "b"}, {"a", "a"}, {"a_trans", true}, {"b", "dy"}, {"out", "db"}}));
  const auto places = tensor_places(recorded.read());
  EXPECT_EQ(places.at("a").role, TensorRole::activation);
  EXPECT_EQ(places.at("b").role, TensorRole::activation);
  EXPECT_EQ(places.at("dy").role, TensorRole::error);
  EXPECT_EQ(places.at("da").role, TensorRole::input_gradient);
  EXPECT_EQ(places.at("db").role, TensorRole::input_gradient);
}

TEST(TensorPlaces, count_a_result_that_is_the_next_layers_operand_as_operand) {
  RecordedTrace recorded("shared_roles");
  for (const char* key : {"x", "w1", "w2", "h", "y"}) recorded.tensor(key, {1, 1}, {1});
  recorded.operation(
      product("1", "linear", "fwd", {{"a", "x"}, {"b", "w1"}, {"b_trans", true}, {"out", "h"}}));
  recorded.operation(
      product("2", "linear", "fwd", {{"a", "h"}, {"b", "w2"}, {"b_trans", true}, {"out", "y"}}));
  const auto places = tensor_places(recorded.read());
  EXPECT_EQ(places.at("h").role, TensorRole::activation);
  EXPECT_EQ(places.at("h").layer, "2");
}

}  // namespace
}  // namespace lnsim
