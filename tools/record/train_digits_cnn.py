#!/usr/bin/env python3
"""Trains a small CNN with LNS-Madam on scikit-learn's digits and records one step in the middle.

    /usr/bin/python3 tools/record/train_digits_cnn.py --out traces/digits-cnn.jsonl

Operands are LNS(8,8), weights exist only in 16-bit LNS. Equal seeds give equal traces on one version of PyTorch.
"""
import argparse
import pathlib

import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import nn
from torch.nn import functional

import lns_training
from lns_recorder import LnsRecorder

BATCH, RECORDED_BATCH = 64, 8


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = lns_training.Conv2d(inputs, outputs, 3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = lns_training.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.relu = nn.ReLU()
        self.down = None
        if stride != 1 or inputs != outputs:
            self.down = lns_training.Conv2d(inputs, outputs, 1, stride=stride, bias=False)
            self.down_bn = nn.BatchNorm2d(outputs)

    def forward(self, x):
        y = self.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        shortcut = x if self.down is None else self.down_bn(self.down(x))
        return self.relu(y + shortcut)


class DigitsCnn(nn.Module):
    def __init__(self, width=8):
        super().__init__()
        self.stem = lns_training.Conv2d(1, width, 3, padding=1, bias=False)
        self.bn = nn.BatchNorm2d(width)
        self.relu = nn.ReLU()
        self.block1 = Block(width, width, 1)
        self.block2 = Block(width, 2 * width, 2)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.fc = lns_training.Linear(2 * width, 10)

    def forward(self, x):
        x = self.block2(self.block1(self.relu(self.bn(self.stem(x)))))
        return self.fc(self.pool(x).flatten(1))


def digits():
    data = load_digits()
    images = torch.tensor(data.images, dtype=torch.float32).unsqueeze(1) / 16
    labels = torch.tensor(data.target)
    train, test = train_test_split(range(len(labels)), test_size=0.2, random_state=0, stratify=labels)
    return images[train], labels[train], images[test], labels[test]


@torch.no_grad()
def accuracy(model, images, labels):
    model.eval()
    right = (model(images).argmax(1) == labels).float().mean().item()
    model.train()
    return 100 * right


def batches(count, step, generator):
    """Batches of a shuffled epoch; the recorded step trains on a smaller one, to keep the trace small."""
    order = torch.randperm(count, generator=generator)
    for first in range(0, count - BATCH + 1, BATCH):
        yield order[first:first + (RECORDED_BATCH if step() else BATCH)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=pathlib.Path, required=True, help="manifest to write; the tensors go beside it")
    parser.add_argument("--step", type=int, default=220, help="step to record, from 0")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--lr", type=float, default=1 / 16)
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    torch.set_num_threads(1)  # one order of summation
    torch.use_deterministic_algorithms(True)
    images, labels, test_images, test_labels = digits()
    model = DigitsCnn()
    optimizer = lns_training.LnsMadam(model.parameters(), lr=options.lr)
    generator = torch.Generator().manual_seed(options.seed)
    details = {"data": "scikit-learn digits", "optimizer": "LNS-Madam", "lr": options.lr, "seed": options.seed,
               "train_steps_before": options.step, "train_batch": BATCH, "dumped_batch": RECORDED_BATCH}
    with LnsRecorder(model, optimizer, options.out, [options.step], "digits-cnn", details) as recorder:
        while recorder.count <= options.step:
            for batch in batches(len(labels), lambda: recorder.count == options.step, generator):
                if recorder.count == options.step:
                    recorder.details["test_acc"] = round(accuracy(model, test_images, test_labels), 2)
                optimizer.zero_grad()
                loss = functional.cross_entropy(model(images[batch]), labels[batch])
                loss.backward()
                optimizer.step()
                if recorder.count > options.step:
                    break
    print(f"recorded step {options.step}: loss {loss.item():.4f}, test accuracy before it {recorder.details['test_acc']} %")


if __name__ == "__main__":
    main()
