"""Networks whose training iterations traces/ ships, written out so that PyTorch alone is enough."""
import torch
from torch import nn


class Bottleneck(nn.Module):
    """1x1, 3x3 (with the stride), 1x1 to four times the width, and a shortcut."""

    def __init__(self, inputs, width, stride):
        super().__init__()
        outputs = 4 * width
        self.conv1 = nn.Conv2d(inputs, width, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, stride=stride, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv3 = nn.Conv2d(width, outputs, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(outputs)
        self.relu = nn.ReLU(inplace=True)
        self.shortcut = nn.Identity()
        if stride != 1 or inputs != outputs:
            self.shortcut = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride=stride, bias=False),
                                          nn.BatchNorm2d(outputs))

    def forward(self, x):
        y = self.relu(self.bn1(self.conv1(x)))
        y = self.relu(self.bn2(self.conv2(y)))
        y = self.bn3(self.conv3(y))
        y += self.shortcut(x)
        return self.relu(y)


class ResNet50(nn.Module):
    """ResNet-50 v1.5 for 224 x 224 images and 1000 classes: 25 557 032 parameters."""

    def __init__(self):
        super().__init__()
        stem = [nn.Conv2d(3, 64, 7, stride=2, padding=3, bias=False), nn.BatchNorm2d(64), nn.ReLU(inplace=True),
                nn.MaxPool2d(3, stride=2, padding=1)]
        blocks = []
        inputs = 64
        for width, count, first_stride in ((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)):
            for block in range(count):
                blocks.append(Bottleneck(inputs, width, first_stride if block == 0 else 1))
                inputs = 4 * width
        self.features = nn.Sequential(*stem, *blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten())
        self.fc = nn.Linear(inputs, 1000)

    def forward(self, x):
        return self.fc(self.features(x))


class Encoder(nn.Module):
    """A transformer encoder with a vocabulary head, built as BERT is."""

    def __init__(self, tokens, width, heads, layers, vocabulary):
        super().__init__()
        self.vocabulary = vocabulary
        self.embedding = nn.Embedding(vocabulary, width)
        self.position = nn.Parameter(torch.randn(1, tokens, width) * 0.02)
        self.norm = nn.LayerNorm(width)
        self.layers = nn.ModuleList(nn.TransformerEncoderLayer(width, heads, 4 * width, activation="gelu",
                                                               batch_first=True) for _ in range(layers))
        self.head = nn.Linear(width, vocabulary)

    def forward(self, tokens):
        x = self.norm(self.embedding(tokens) + self.position)
        for layer in self.layers:
            x = layer(x)
        return self.head(x).flatten(0, 1)


class BertBase(Encoder):
    """Of BERT-Base's size: 132 066 618 parameters at 128 tokens."""

    def __init__(self, tokens):
        super().__init__(tokens, width=768, heads=12, layers=12, vocabulary=30522)
