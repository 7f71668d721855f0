// Transformers: encoder (BERT, Devlin et al. 2018) and decoder (GPT as Narayanan et al. 2021 train it).
//
// With L layers of width h, sequences of S tokens and a vocabulary of V, a sequence costs
// 12 L h^2 S + 2 L S^2 h forward multiply-accumulates and, with the vocabulary head, V h S more. All of them
// have an input gradient and a weight gradient of the same cost. Causal attention is counted in full: its
// mask is part of the softmax.
//
// Learned positions, packed projections of query, key and value whose bias is added apart, dropout, biases
// everywhere; the loss is a cross entropy over all tokens.
#pragma once

#include "sim/run/workload/training_tape.h"
#include "sim/run/workload/workload_shape.h"

namespace lnsim {

// Normalisation after each residual sum. The head has a weight and a bias of its own. No segment embedding,
// no pooler. Parameters: 12 L h^2 + 13 L h + (V + S) h + 2 h, and V h + V for the head.
void write_bert(const WorkloadShape& shape, TrainingTape& tape);

// Normalisation before each branch and at the end. The head shares the embedding table. Parameters:
// 12 L h^2 + 13 L h + (V + S) h + 2 h; the published formula 12 L h^2 (1 + 13 / (12 h) + (V + S) / (12 L h))
// leaves the last normalisation's 2 h out.
void write_gpt(const WorkloadShape& shape, TrainingTape& tape);

}  // namespace lnsim
