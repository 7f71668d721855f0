"""Recorded networks: what the operands are, what the passes cost, and that both check and simulator take them."""
import unittest
import warnings

import torch
from torch import nn
from torch.nn import functional

from recording import Cnn, Mlp, RecordingTest, Transformer, batch_for, lnsim_record, sgd, Trace

# fp32 sums of fp32 products against recorded ones: about 24 bits, less some for the order of summation.
LEAST_FP32_SQNR_DB = 100


class Networks(RecordingTest):
    def assert_replays(self, trace):
        report = self.replay(trace, "fp32")
        self.assertEqual(report["totals"]["macs"], sum(map(trace.macs, ("fwd", "bwd_input", "bwd_weight"))))
        products = [layer["numeric"] for layer in report["layers"] if layer["macs"]]
        self.assertEqual(len(products), sum("gemm" in line for line in trace.operations))
        for numeric in products:
            found = numeric["sums_against_recorded"]
            self.assertTrue(found["sqnr_db"] is None or found["sqnr_db"] > LEAST_FP32_SQNR_DB, found)
        updates = [layer["numeric"] for layer in report["layers"] if layer["operator"] == "update"]
        self.assertEqual(len(updates), len(trace.updates()))
        for numeric in updates:
            self.assertLess(numeric["weights_against_recorded"]["relative_max_error"], 2 ** -23, numeric)

    def test_an_mlps_tensors_are_those_of_the_loop(self):
        torch.manual_seed(0)
        model = Mlp()
        optimizer = sgd(model)
        inputs, labels = batch_for(model)
        before = {name: p.detach().clone() for name, p in model.named_parameters()}
        with lnsim_record.Recorder(model, optimizer, self.folder / "t.jsonl", steps=[0]):
            hidden = model.hidden(inputs)
            hidden.retain_grad()
            result = model.out(model.relu(hidden))
            functional.cross_entropy(result, labels).backward()
            optimizer.step()
        trace = Trace(self.folder / "t.jsonl")

        def same(key, tensor):
            torch.testing.assert_close(torch.from_numpy(trace.tensors[key]), tensor.detach(), rtol=0, atol=0)

        same("hidden/x", inputs)
        same("hidden/w", before["hidden.weight"])
        same("hidden/dy", hidden.grad)
        same("hidden/dw", model.hidden.weight.grad)
        same("out/x", torch.relu(hidden))
        same("out/dw", model.out.weight.grad)
        same("hidden.bias/w", before["hidden.bias"])
        same("hidden.bias/dwq", model.hidden.bias.grad)
        for name, p in model.named_parameters():
            same(trace.updates()[name]["out"], p)
        # y is the result less the bias, which costs one rounding
        sum_with_bias = torch.from_numpy(trace.tensors["out/y"]) + before["out.bias"]
        torch.testing.assert_close(sum_with_bias, result.detach(), rtol=0, atol=2.0 ** -23 * 4)

    def test_an_mlp_has_the_macs_of_its_formula_and_replays(self):
        trace = self.record(Mlp)
        self.assertEqual(trace.macs("fwd"), 6 * (20 * 24 + 24 * 10))
        self.assertEqual(trace.macs("bwd_input"), 6 * 24 * 10)  # nothing asks for the gradient of the data
        self.assertEqual(trace.macs("bwd_weight"), trace.macs("fwd"))
        self.assert_check_passes(trace)
        self.assert_replays(trace)

    def test_a_cnn_with_depthwise_grouped_and_residual_layers_replays(self):
        trace = self.record(Cnn)
        # N K P Q C/g R S: the stem makes 8 x 8 pixels of 16 x 16, the strided layers 4 x 4
        macs = {"stem": 6 * 8 * 64 * 3 * 9, "depthwise": 6 * 8 * 64 * 9, "grouped": 6 * 16 * 16 * 4 * 9,
                "shortcut": 6 * 16 * 16 * 8, "out": 6 * 64 * 10}
        for layer, expected in macs.items():
            self.assertEqual(trace.find(layer, "fwd")["macs"], expected, layer)
            self.assertEqual(trace.find(layer, "bwd_weight")["macs"], expected, layer)
        self.assertEqual(trace.macs("bwd_input"), sum(macs.values()) - macs["stem"])
        self.assertEqual(trace.find("depthwise", "fwd")["dims"]["groups"], 8)
        self.assertEqual(trace.find("depthwise", "fwd")["dims"]["dilation"], [2, 2])
        forward = [line["op"] for line in trace.operations if line["pass"] == "fwd"]
        self.assertEqual(forward, ["conv2d", "batch_norm", "relu", "conv2d", "conv2d", "conv2d", "add", "relu",
                                   "max_pool2d", "linear", "cross_entropy"])
        pool = trace.find("pool", "fwd")
        self.assertEqual((pool["shape"], pool["out_shape"]), ([6, 16, 4, 4], [6, 16, 2, 2]))
        self.assertEqual((pool["attributes"]["kernel_size"], pool["attributes"]["stride"]), (2, 2))
        backward = [line["op"] for line in trace.operations if line["pass"] == "bwd"]
        self.assertEqual(backward, ["cross_entropy", "sum", "max_pool2d", "relu", "add", "sum", "relu", "batch_norm",
                                    "sum"])
        self.assert_check_passes(trace)
        self.assert_replays(trace)

    def test_a_transformer_has_the_macs_of_its_formula_and_replays(self):
        trace = self.record(Transformer)
        d, tokens, rows = Transformer.WIDTH, Transformer.TOKENS, 6 * Transformer.TOKENS
        attention = 2 * rows * tokens * d  # queries by keys, and weights by values, over all heads
        linear = rows * (4 * d * d + 2 * d * Transformer.INNER + d * Transformer.WORDS)
        self.assertEqual(trace.macs("fwd"), attention + linear)
        self.assertEqual(trace.macs("bwd_input"), 2 * attention + linear)
        self.assertEqual(trace.macs("bwd_weight"), linear)
        forward = [line["op"] for line in trace.operations if line["pass"] == "fwd"]
        for op, count in {"embedding": 1, "layer_norm": 3, "bmm": 2, "softmax": 1, "gelu": 1, "dropout": 4}.items():
            self.assertEqual(forward.count(op), count, op)
        self.assert_check_passes(trace)
        self.assert_replays(trace)

    def test_attention_by_its_definition_is_what_the_fused_function_computes(self):
        if not hasattr(functional, "scaled_dot_product_attention"):
            self.skipTest("this PyTorch has no scaled_dot_product_attention")
        q, k, v = (torch.randn(2, 3, 5, 4) for _ in range(3))
        for options in ({}, {"is_causal": True}, {"attn_mask": torch.rand(5, 5) > 0.3}, {"scale": 0.3}):
            torch.testing.assert_close(lnsim_record.attention(q, k, v, **options),
                                       functional.scaled_dot_product_attention(q, k, v, **options))

    def test_products_in_other_spellings_are_recorded_too(self):
        class Spellings(nn.Module):
            def __init__(self):
                super().__init__()
                self.w, self.mix = nn.Parameter(torch.randn(16, 12)), nn.Parameter(torch.randn(5, 16))
                self.conv, self.linear = nn.Conv1d(4, 8, 3, padding=1), nn.Linear(12, 12)
                self.attention = nn.MultiheadAttention(12, 3, batch_first=True, kdim=8, vdim=8)

            def forward(self, x):
                y = self.conv(x) @ self.w
                z, _ = self.attention(y, y[..., :8], y[..., 4:])
                scores = torch.einsum("bid,bjd->bij", z, y)
                z = torch.addmm(z[0].mean(0), z[0], self.linear.weight.t())
                mixed = self.mix @ torch.cat([z, z])
                return (mixed @ mixed.t()).sum() + scores.sum() + (self.linear(z) @ torch.ones(12)).sum()

        torch.manual_seed(0)
        model = Spellings()
        optimizer = sgd(model)
        with lnsim_record.Recorder(model, optimizer, self.folder / "t.jsonl", steps=[0]):
            model(torch.randn(2, 4, 16)).backward()
            optimizer.step()
        trace = Trace(self.folder / "t.jsonl")
        batch, length, width = 2, 8, 12
        self.assertEqual(trace.macs("fwd"), sum((
            batch * 8 * 16 * 4 * 3,  # convolution
            batch * length * 16 * width,  # by w
            batch * length * width * (width + 8 + 8 + width),  # projections of queries, keys, values, results
            2 * batch * length * length * width,  # attention
            batch * length * length * width,  # einsum
            length * width * width,  # addmm
            5 * 16 * width, 5 * 5 * width,  # mix, and what it gives by itself
            length * width * width, length * width)))  # linear, and by a vector
        self.assert_check_passes(trace)
        self.assert_replays(trace)

    def test_lower_precision_is_checked_by_its_own_rounding(self):
        torch.manual_seed(0)
        model = Mlp()
        optimizer = sgd(model)
        inputs, labels = batch_for(model)
        with lnsim_record.Recorder(model, optimizer, self.folder / "t.jsonl", steps=[0]):
            with torch.autocast("cpu", torch.bfloat16):
                result = model(inputs)
            functional.cross_entropy(result.float(), labels).backward()
            optimizer.step()
        trace = Trace(self.folder / "t.jsonl")
        self.assertEqual(trace.find("hidden", "fwd")["arithmetic"], "bfloat16")
        self.assert_check_passes(trace)

    def test_a_model_in_lower_precision_is_too(self):
        torch.manual_seed(0)
        model = Mlp().to(torch.bfloat16)
        optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
        with lnsim_record.Recorder(model, optimizer, self.folder / "t.jsonl", steps=[1]):
            for _ in range(2):
                inputs, labels = batch_for(model)
                optimizer.zero_grad()
                functional.cross_entropy(model(inputs.to(torch.bfloat16)).float(), labels).backward()
                optimizer.step()
        trace = Trace(self.folder / "t.jsonl")
        self.assertEqual(trace.updates()["out.weight"]["arithmetic"], "bfloat16")
        self.assert_check_passes(trace)

    def test_operators_without_a_native_name_are_named(self):
        class Odd(Mlp):
            def forward(self, x):
                return super().forward(torch.exp(self.hidden(x))[:, :20])

        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            trace = self.record(Odd)
        self.assertEqual(trace.header["left_out"], {"exp": ["outside the layers"]})
        self.assertEqual([str(warning.message) for warning in caught],
                         [f"{trace.path}: left out, for they have no native name: exp (outside the layers)"])


if __name__ == "__main__":
    unittest.main()
