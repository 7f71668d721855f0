#!/usr/bin/env python3
"""Captures one training step of ResNet-50 or a BERT-Base encoder as a PyTorch execution trace.

    tools/record/capture_execution_trace.py resnet50 --batch 2 --out resnet50_b2.json.gz
    lnsim import pytorch resnet50_b2.json.gz --out traces/resnet50-b2.jsonl

Only PyTorch is needed (Debian's python3-torch, or any from 1.13 on); weights and data are random, for the trace holds
shapes and no values.
"""
import argparse
import gzip
import pathlib
import tempfile

import torch
from torch import nn
from torch.profiler import record_function

import models


def observer():
    """The observer under its name of PyTorch 1.13, or of 2.x."""
    import torch.profiler as profiler
    kind = getattr(profiler, "ExecutionTraceObserver", None) or getattr(profiler, "ExecutionGraphObserver")
    return kind()


def build(name, batch, tokens):
    if name == "resnet50":
        return models.ResNet50(), torch.randn(batch, 3, 224, 224), torch.randint(0, 1000, (batch,))
    model = models.BertBase(tokens)
    return (model, torch.randint(0, model.vocabulary, (batch, tokens)),
            torch.randint(0, model.vocabulary, (batch * tokens,)))


def train_step(model, optimizer, inputs, labels):
    with record_function("## zero_grad ##"):
        optimizer.zero_grad(set_to_none=True)
    with record_function("## forward ##"):
        loss = nn.functional.cross_entropy(model(inputs), labels)
    with record_function("## backward ##"):
        loss.backward()
    with record_function("## optimizer ##"):
        optimizer.step()


def capture(model, inputs, labels, path):
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    train_step(model, optimizer, inputs, labels)  # the first step also allocates gradients and momenta
    watcher = observer()
    watcher.register_callback(str(path))
    watcher.start()
    train_step(model, optimizer, inputs, labels)
    watcher.stop()
    watcher.unregister_callback()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", choices=["resnet50", "bert-base"])
    parser.add_argument("--batch", type=int, default=2)
    parser.add_argument("--tokens", type=int, default=128, help="sequence length of bert-base")
    parser.add_argument("--out", type=pathlib.Path, required=True, help="file to write; packed if it ends in .gz")
    options = parser.parse_args()
    torch.manual_seed(0)
    model, inputs, labels = build(options.model, options.batch, options.tokens)
    with tempfile.TemporaryDirectory() as folder:
        plain = pathlib.Path(folder) / "trace.json"
        capture(model, inputs, labels, plain)
        data = plain.read_bytes()
    # No name and no time in the gzip header: equal traces give equal files.
    options.out.write_bytes(gzip.compress(data, 9, mtime=0) if options.out.suffix == ".gz" else data)


if __name__ == "__main__":
    main()
