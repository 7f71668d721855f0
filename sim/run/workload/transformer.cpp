#include "sim/run/workload/transformer.h"

#include <fmt/format.h>

#include <string>

namespace lnsim {

namespace {

std::int64_t tokens(const WorkloadShape& s) {
  return s.batch * s.seq;
}
TrainingTape::Shape activations(const WorkloadShape& s) {
  return {s.batch, s.seq, s.hidden};
}
TrainingTape::Shape inner_activations(const WorkloadShape& s) {
  return {s.batch, s.seq, 4 * s.hidden};
}

void layer_norm(TrainingTape& tape, const std::string& name, const WorkloadShape& s) {
  tape.normalisation(name, "layer_norm", activations(s), s.hidden);
}

void embedding(TrainingTape& tape, const WorkloadShape& s, TableUse use) {
  tape.embedding("embedding", activations(s), {s.vocab, s.hidden}, use);
  tape.add_parameter("position", activations(s), {1, s.seq, s.hidden});
}

// softmax(q k^T / sqrt(width)) v for every head, between two projections. Sequences are folded into the
// batch of the products, and come second in the projection's bias, as PyTorch has it.
void attention(TrainingTape& tape, const std::string& name, const WorkloadShape& s) {
  const std::int64_t products = s.batch * s.heads;
  const std::int64_t width = s.hidden / s.heads;
  tape.matmul(name + ".qkv", {tokens(s), s.hidden, 3 * s.hidden}, WeightOwner::this_layer);
  tape.add_parameter(name + ".qkv", {s.seq, s.batch, 3 * s.hidden}, {3 * s.hidden});
  tape.vector(name + ".scale", "scale", {products, s.seq, width});
  tape.batched_product(name + ".scores", {products, s.seq, s.seq, width});
  tape.vector(name + ".softmax", "softmax", {products, s.seq, s.seq});
  tape.vector(name + ".dropout", "dropout", {products, s.seq, s.seq});
  tape.batched_product(name + ".context", {products, s.seq, width, s.seq});
  tape.linear(name + ".output", {tokens(s), s.hidden, s.hidden});
}

void loss(TrainingTape& tape, const WorkloadShape& s) {
  tape.vector("loss.log_softmax", "log_softmax", {tokens(s), s.vocab});
  tape.vector("loss", "nll_loss", {tokens(s), s.vocab});
}

void bert_layer(TrainingTape& tape, const std::string& name, const WorkloadShape& s) {
  tape.fork(name + ".add1", activations(s));
  attention(tape, name + ".attention", s);
  tape.vector(name + ".dropout1", "dropout", activations(s));
  tape.join(name + ".add1", activations(s));
  layer_norm(tape, name + ".norm1", s);

  tape.fork(name + ".add2", activations(s));
  tape.linear(name + ".mlp.up", {tokens(s), s.hidden, 4 * s.hidden});
  tape.vector(name + ".mlp.gelu", "gelu", inner_activations(s));
  tape.vector(name + ".mlp.dropout", "dropout", inner_activations(s));
  tape.linear(name + ".mlp.down", {tokens(s), 4 * s.hidden, s.hidden});
  tape.vector(name + ".dropout2", "dropout", activations(s));
  tape.join(name + ".add2", activations(s));
  layer_norm(tape, name + ".norm2", s);
}

void gpt_layer(TrainingTape& tape, const std::string& name, const WorkloadShape& s) {
  tape.fork(name + ".add1", activations(s));
  layer_norm(tape, name + ".norm1", s);
  attention(tape, name + ".attention", s);
  tape.vector(name + ".dropout1", "dropout", activations(s));
  tape.join(name + ".add1", activations(s));

  tape.fork(name + ".add2", activations(s));
  layer_norm(tape, name + ".norm2", s);
  tape.linear(name + ".mlp.up", {tokens(s), s.hidden, 4 * s.hidden});
  tape.vector(name + ".mlp.gelu", "gelu", inner_activations(s));
  tape.linear(name + ".mlp.down", {tokens(s), 4 * s.hidden, s.hidden});
  tape.vector(name + ".dropout2", "dropout", activations(s));
  tape.join(name + ".add2", activations(s));
}

}  // namespace

void write_bert(const WorkloadShape& s, TrainingTape& tape) {
  embedding(tape, s, TableUse::embedding_only);
  layer_norm(tape, "norm", s);
  for (std::int64_t i = 1; i <= s.layers; ++i) bert_layer(tape, fmt::format("layer{}", i), s);
  if (s.head == Head::none) return;
  tape.linear("head", {tokens(s), s.hidden, s.vocab});
  loss(tape, s);
}

void write_gpt(const WorkloadShape& s, TrainingTape& tape) {
  const bool has_head = s.head == Head::vocabulary;
  embedding(tape, s, has_head ? TableUse::also_vocabulary_head : TableUse::embedding_only);
  tape.vector("dropout", "dropout", activations(s));
  for (std::int64_t i = 1; i <= s.layers; ++i) gpt_layer(tape, fmt::format("layer{}", i), s);
  layer_norm(tape, "norm", s);
  if (!has_head) return;
  tape.matmul("head", {tokens(s), s.hidden, s.vocab}, WeightOwner::embedding);
  loss(tape, s);
}

}  // namespace lnsim
