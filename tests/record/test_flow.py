"""How values flow in recorded traces: from data and parameters alone, every product and gradient can be made again."""
import unittest

import torch
from torch import nn
from torch.nn import functional

from flow import Followed
from recording import Cnn, Mlp, RecordingTest, Transformer, lnsim_record, sgd, Trace

# Float32 rounds to 2^-24; sums of some hundred terms and some tens of operators behind each other, of which
# normalisations and softmax amplify at most by tens, stay below a thousand of them.
MOST_ERROR = 1000 * 2.0 ** -24


class Flow(RecordingTest):
    def assert_followed(self, trace):
        self.assertEqual([line for line in trace.composed if "because" in line], [])
        followed = Followed(trace)
        products = [line["out"] for line in trace.operations if "gemm" in line]
        gradients = [line["dw"] for line in trace.updates().values()]
        self.assertEqual(set(followed.worst), {*products, *gradients})
        self.assertLess(max(followed.worst.values()), MOST_ERROR, followed.worst)

    def record_step(self, model, step_of, optimizer_of=sgd):
        """The trace of the second step of a loop; `step_of()` gives the loss."""
        torch.manual_seed(0)
        optimizer = optimizer_of(model)
        with lnsim_record.Recorder(model, optimizer, self.folder / "t.jsonl", steps=[1]):
            for _ in range(2):
                optimizer.zero_grad()
                step_of().backward()
                optimizer.step()
        return Trace(self.folder / "t.jsonl")

    def test_an_mlp_is_followed(self):
        self.assert_followed(self.record(Mlp))

    def test_a_cnn_with_residual_layers_is_followed(self):
        self.assert_followed(self.record(Cnn))

    def test_a_transformer_is_followed(self):
        self.assert_followed(self.record(Transformer))

    def test_operators_of_many_kinds_are_followed(self):
        class Many(nn.Module):
            def __init__(self):
                super().__init__()
                self.first, self.second, self.third = nn.Linear(12, 16), nn.Linear(16, 16, bias=False), nn.Linear(12, 5)
                self.conv, self.shift = nn.Conv2d(2, 3, 3, padding=1), nn.Parameter(torch.randn(16))

            def forward(self, x):
                y = torch.tanh(self.first(x)) * 2 + self.shift
                z = torch.sigmoid(self.second(y)) - 0.5 * functional.silu(y.detach() * y)
                images = torch.cat([y, z / (2 + y * y)], 1).reshape(-1, 2, 4, 4).transpose(2, 3)
                images = functional.max_pool2d(self.conv(images), 3, stride=2, padding=1)
                pooled = functional.avg_pool2d(images, (2, 1), stride=1) + functional.adaptive_avg_pool2d(images, (1, 2))
                rows = torch.stack([pooled.flatten(1), images[..., 1].flatten(1)], 1)
                return self.third(torch.relu(rows.reshape(len(rows), -1)))

        model = Many()
        x, labels = torch.randn(7, 12), torch.randint(0, 5, (7,))
        self.assert_followed(self.record_step(
            model, lambda: functional.nll_loss(torch.log_softmax(model(x), -1), labels) + model(x).mean(1).sum() / 8))


if __name__ == "__main__":
    unittest.main()
