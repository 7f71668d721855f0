#!/usr/bin/env python3
"""Trains a small BERT in float32 to fill in masked bytes of a text, and records samples of one step's operands.

    /usr/bin/python3 tools/record/train_encoder.py --out traces/encoder.jsonl

The text is a licence that every Debian has. Equal seeds give equal traces on one version of PyTorch.
"""
import argparse
import pathlib

import torch
from torch import nn

import models
from lnsim_record import Recorder

TEXT = pathlib.Path("/usr/share/common-licenses/GPL-3")
BATCH, TOKENS = 16, 64
MASK = 256  # behind the bytes
MASKED = 0.15  # of the tokens, as BERT does


def batch(text, generator):
    """Stretches of the text with some bytes masked, and the bytes to be found there (elsewhere -100: ignored)."""
    starts = torch.randint(len(text) - TOKENS, (BATCH,), generator=generator)
    tokens = torch.stack([text[start:start + TOKENS] for start in starts])
    is_masked = torch.rand(tokens.shape, generator=generator) < MASKED
    wanted = torch.where(is_masked, tokens, torch.tensor(-100))
    return torch.where(is_masked, torch.tensor(MASK), tokens), wanted.flatten()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", required=True, help="manifest of the step's shapes; the sample stands beside it")
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--rows", type=int, default=8, help="rows and columns of every product in the sample")
    options = parser.parse_args()
    torch.manual_seed(0)
    generator = torch.Generator().manual_seed(0)
    text = torch.tensor(list(TEXT.read_bytes()))
    model = models.Encoder(TOKENS, width=128, heads=2, layers=2, vocabulary=MASK + 1)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    loss_of = nn.CrossEntropyLoss()
    with Recorder(model, optimizer, options.out, steps=[options.steps], sample=options.rows, name="bert-tiny"):
        for step in range(options.steps + 1):
            tokens, wanted = batch(text, generator)
            optimizer.zero_grad()
            loss = loss_of(model(tokens), wanted)
            loss.backward()
            optimizer.step()
            if step % 100 == 0:
                print(f"step {step}: loss {loss.item():.3f}")

if __name__ == "__main__":
    main()
