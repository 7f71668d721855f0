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
                rows = functional.avg_pool1d(functional.max_pool1d(rows, 3, stride=1, padding=1), 3, 1, padding=1)
                return self.third(torch.relu(rows.reshape(len(rows), -1)))

        model = Many()
        x, labels = torch.randn(7, 12), torch.randint(0, 5, (7,))
        self.assert_followed(self.record_step(
            model, lambda: functional.nll_loss(torch.log_softmax(model(x), -1), labels) + model(x).mean(1).sum() / 8))

    def test_a_token_put_before_others_is_followed(self):
        class Vision(nn.Module):
            def __init__(self):
                super().__init__()
                self.patches, self.norm, self.head = nn.Conv2d(3, 16, 4, 4), nn.LayerNorm(16), nn.Linear(16, 5)
                self.token, self.place = nn.Parameter(torch.randn(1, 1, 16)), nn.Parameter(torch.randn(1, 17, 16))
                self.encoder = nn.TransformerEncoder(
                    nn.TransformerEncoderLayer(16, 4, 32, batch_first=True, norm_first=True), 2)

            def forward(self, images):
                x = self.patches(images).flatten(2).transpose(1, 2)
                x = torch.cat([self.token.expand(len(x), -1, -1), x], 1) + self.place
                x = self.norm(self.encoder(x))
                return self.head(x[:, 0] + x[:, 1:].mean(1))

        model, images, labels = Vision(), torch.randn(4, 3, 16, 16), torch.randint(0, 5, (4,))
        self.assert_followed(self.record_step(
            model, lambda: functional.cross_entropy(model(images), labels),
            lambda model: torch.optim.AdamW(model.parameters(), lr=0.001)))

    def test_a_recurrent_network_with_gates_of_its_own_is_followed(self):
        class Recurrent(nn.Module):
            def __init__(self):
                super().__init__()
                self.x, self.h, self.out = nn.Linear(4, 12), nn.Linear(4, 12), nn.Linear(4, 3)

            def forward(self, x):
                h = torch.zeros(len(x), 4)
                for t in range(x.shape[1]):
                    a, b = self.x(x[:, t]).chunk(3, 1), self.h(h).chunk(3, 1)
                    reset, keep = torch.sigmoid(a[0] + b[0]), torch.sigmoid(a[1] + b[1])
                    h = (1 - keep) * torch.tanh(a[2] + reset * b[2]) + keep * h
                return self.out(h)

        model, x, labels = Recurrent(), torch.randn(5, 3, 4), torch.randint(0, 3, (5,))
        self.assert_followed(self.record_step(model, lambda: functional.cross_entropy(model(x), labels)))

    def test_masked_attention_is_followed(self):
        class Causal(nn.Module):
            def __init__(self):
                super().__init__()
                self.attention, self.head = nn.MultiheadAttention(8, 2, batch_first=True), nn.Linear(8, 4)

            def forward(self, x):
                added = torch.full((6, 6), -torch.inf).triu(1)
                y, _ = self.attention(x, x, x, attn_mask=added, need_weights=False)
                heads = y.unflatten(-1, (2, 4)).transpose(1, 2)
                return self.head(x + lnsim_record.attention(heads, heads, heads, is_causal=True).transpose(1, 2).flatten(2))

        model, x, labels = Causal(), torch.randn(3, 6, 8), torch.randint(0, 4, (18,))
        self.assert_followed(self.record_step(
            model, lambda: functional.cross_entropy(model(x).flatten(0, 1), labels)))

    def test_gradients_that_were_clipped_decayed_or_turned_around_are_followed(self):
        class Tied(nn.Module):
            def __init__(self):
                super().__init__()
                self.words, self.mix = nn.Embedding(9, 6), nn.Linear(6, 6)

            def forward(self, tokens):
                return functional.linear(functional.layer_norm(self.mix(self.words(tokens)), (6,)), self.words.weight)

        for optimizer_of in (lambda parameters: torch.optim.SGD(parameters, lr=0.1, weight_decay=0.01),
                             lambda parameters: torch.optim.Adam(parameters, lr=0.01, weight_decay=0.01, maximize=True),
                             lambda parameters: torch.optim.AdamW(parameters, lr=0.01, weight_decay=0.1)):
            torch.manual_seed(0)
            model = Tied()
            optimizer = optimizer_of(model.parameters())
            tokens, labels = torch.randint(0, 9, (5, 4)), torch.randint(0, 9, (20,))
            with lnsim_record.Recorder(model, optimizer, self.folder / "t.jsonl", steps=[0]):
                for half in (0, 1):  # gradients of two backward passes add up
                    rows = slice(half * 2, half * 2 + 2)
                    loss = functional.cross_entropy(model(tokens[rows]).flatten(0, 1), labels.reshape(5, 4)[rows].flatten())
                    (loss / 2).backward()
                nn.utils.clip_grad_norm_(model.parameters(), 0.01)
                optimizer.step()
            trace = Trace(self.folder / "t.jsonl")
            self.assert_check_passes(trace)
            self.assert_followed(trace)

    def assert_cut(self, forward, expected):
        """Names of the values that are not followed, and why, by a model that calls `forward` between two layers."""
        class Cut(nn.Module):
            def __init__(self):
                super().__init__()
                self.first, self.second = nn.Linear(4, 6, bias=False), nn.Linear(6, 3, bias=False)

            def forward(self, x):
                return self.second(forward(self.first(x)))

        model, x, labels = Cut(), torch.randn(5, 4), torch.randint(0, 3, (5,))
        trace = self.record_step(model, lambda: functional.cross_entropy(model(x), labels))
        self.assertEqual({line["value"]: line["because"] for line in trace.composed if "because" in line}, expected)

    def test_what_is_not_followed_is_said_of_values_and_gradients(self):
        class Double(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x):
                return 2 * x

            @staticmethod
            def backward(ctx, gradient):
                return 2 * gradient

        def partly_changed(x):
            y = functional.gelu(x)
            y[:, 0] = 0
            return y

        leaky = "relu (relu): leaky_relu is not followed"
        self.assert_cut(functional.leaky_relu, {"second/x": leaky, "first/dy": leaky})
        hidden = "second/x: made by what is not followed"
        self.assert_cut(Double.apply, {"second/x": "made by what is not followed", "first/dy": hidden})
        # one use is followed, the other one is not: their sum is not
        self.assert_cut(lambda x: torch.relu(x) + Double.apply(x),
                        {"add/x1": "made by what is not followed", "first/dy": "add/x1: made by what is not followed"})
        self.assert_cut(partly_changed, {"second/x": "changed in place by what is not followed", "gelu/dy":
                                         "second/x: changed in place by what is not followed"})


if __name__ == "__main__":
    unittest.main()
