"""What the recorder's tests share: networks, a training loop, and traces read back."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import numpy
import torch
from torch import nn
from torch.nn import functional

SOURCE = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(SOURCE / "tools/record"))
import lnsim_record  # noqa: E402  the folder is on the path only now

torch.set_num_threads(1)
LNSIM = os.environ.get("LNSIM_PROGRAM")


class Mlp(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden, self.relu, self.out = nn.Linear(20, 24), nn.ReLU(), nn.Linear(24, 10)

    def forward(self, x):
        return self.out(self.relu(self.hidden(x)))


class Cnn(nn.Module):
    """A depthwise (dilated), a grouped (strided) and a 1x1 convolution around a residual addition, batch norm, pooling."""

    def __init__(self):
        super().__init__()
        self.stem, self.norm = nn.Conv2d(3, 8, 3, padding=1, stride=2), nn.BatchNorm2d(8)
        self.depthwise = nn.Conv2d(8, 8, 3, padding=2, dilation=2, groups=8, bias=False)
        self.grouped = nn.Conv2d(8, 16, 3, stride=2, padding=1, groups=2)
        self.shortcut = nn.Conv2d(8, 16, 1, stride=2, bias=False)
        self.relu, self.pool, self.out = nn.ReLU(inplace=True), nn.MaxPool2d(2), nn.Linear(64, 10)

    def forward(self, x):
        x = self.relu(self.norm(self.stem(x)))
        y = self.grouped(self.depthwise(x))
        y += self.shortcut(x)
        return self.out(self.pool(self.relu(y)).flatten(1))


class Transformer(nn.Module):
    WIDTH, HEADS, INNER, TOKENS, WORDS = 32, 4, 48, 12, 40

    def __init__(self):
        super().__init__()
        self.embedding, self.norm = nn.Embedding(self.WORDS, self.WIDTH), nn.LayerNorm(self.WIDTH)
        self.position = nn.Parameter(0.1 * torch.randn(1, self.TOKENS, self.WIDTH))
        self.encoder = nn.TransformerEncoderLayer(self.WIDTH, self.HEADS, self.INNER, activation="gelu", batch_first=True)
        self.head = nn.Linear(self.WIDTH, self.WORDS)

    def forward(self, tokens):
        return self.head(self.encoder(self.norm(self.embedding(tokens) + self.position))).flatten(0, 1)


def batch_for(model, count=6):
    if isinstance(model, Cnn):
        return torch.randn(count, 3, 16, 16), torch.randint(0, 10, (count,))
    if isinstance(model, Transformer):
        return (torch.randint(0, model.WORDS, (count, model.TOKENS)),
                torch.randint(0, model.WORDS, (count * model.TOKENS,)))
    return torch.randn(count, 20), torch.randint(0, 10, (count,))


def sgd(model):
    return torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)


def train_step(model, optimizer, inputs, labels):
    optimizer.zero_grad()
    functional.cross_entropy(model(inputs), labels).backward()
    optimizer.step()


def trained(kind, steps, record, optimizer_of=sgd):
    """A model after some steps of a loop that is equal every time; `record(model, optimizer)` is the context around it."""
    torch.manual_seed(0)
    model = kind()
    optimizer = optimizer_of(model)
    with record(model, optimizer):
        for _ in range(steps):
            train_step(model, optimizer, *batch_for(model))
    return model


class Trace:
    def __init__(self, path):
        self.path = pathlib.Path(path)
        self.header, *lines = [json.loads(line) for line in self.path.read_text().splitlines()]
        self.operations = [line for line in lines if "op" in line]
        self.composed = [line for line in lines if "value" in line]
        self.tensors = dict(numpy.load(self.path.with_suffix(".npz"))) if "tensors" in self.header else {}

    def find(self, layer, direction, op=None):
        found = [line for line in self.operations
                 if line["layer"] == layer and line["pass"] == direction and line["op"] == (op or line["op"])]
        assert len(found) == 1, (layer, direction, found)
        return found[0]

    def updates(self):
        return {line["param"]: line for line in self.operations if line["op"] == "update"}

    def macs(self, direction):
        return sum(line["macs"] for line in self.operations if "macs" in line and line["pass"] == direction)


class RecordingTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def record(self, kind, steps=(1,), name="t.jsonl", optimizer_of=sgd, **options):
        """The trace of steps of a network's training; of several steps a list."""
        path = self.folder / name
        trained(kind, max(steps) + 1,
                lambda model, optimizer: lnsim_record.Recorder(model, optimizer, path, steps, **options), optimizer_of)
        if len(steps) == 1:
            return Trace(path)
        return [Trace(path.with_name(f"{path.stem}-step{step}.jsonl")) for step in steps]

    def assert_check_passes(self, trace):
        self.assertEqual(lnsim_record.Check(trace.path).run(), [])

    def run_lnsim(self, trace, machine, *options):
        if LNSIM is None:
            self.skipTest("LNSIM_PROGRAM names no lnsim to replay with")
        done = subprocess.run([LNSIM, "run", SOURCE / f"configs/accelerators/{machine}.yaml", trace.path, *options],
                              capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def replay(self, trace, machine):
        """The report of lnsim on a trace."""
        return json.loads(self.run_lnsim(trace, machine, "--json"))
