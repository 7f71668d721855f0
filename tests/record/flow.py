"""An oracle for recorded value flow: follows the lines of a trace in float64, operators by PyTorch's own functions and
their gradients by its autograd. It shares no code with the recorder or the simulator.
"""
import numpy
import torch
from torch.nn import functional


def window(line):
    return {"kernel_size": line["window"]["kernel"], "stride": line["window"]["stride"], "padding": line["window"]["pad"]}


def norm_parameters(parameters):
    return parameters if parameters else (None, None)


FUNCTIONS = {
    "relu": lambda line, p, x: torch.relu(x),
    "tanh": lambda line, p, x: torch.tanh(x),
    "sigmoid": lambda line, p, x: torch.sigmoid(x),
    "silu": lambda line, p, x: functional.silu(x),
    "gelu": lambda line, p, x: functional.gelu(x),
    "add": lambda line, p, x, y: x + y,
    "mul": lambda line, p, x, y: x * y,
    "div": lambda line, p, x, y: x / y,
    "softmax": lambda line, p, x: functional.softmax(x, -1),
    "log_softmax": lambda line, p, x: functional.log_softmax(x, -1),
    "batch_norm": lambda line, p, x: functional.batch_norm(x, None, None, *norm_parameters(p), True, 0.1, line["eps"]),
    "layer_norm": lambda line, p, x: functional.layer_norm(x, p[0].shape if p else x.shape[-1:], *norm_parameters(p),
                                                           line["eps"]),
    "max_pool2d": lambda line, p, x: functional.max_pool2d(x, dilation=line["window"]["dilation"], **window(line)),
    "avg_pool2d": lambda line, p, x: functional.avg_pool2d(x, **window(line)),
    "adaptive_avg_pool2d": lambda line, p, x: functional.adaptive_avg_pool2d(x, line["out_shape"][-2:]),
    "max_pool": lambda line, p, x: functional.max_pool2d(x, dilation=line["window"]["dilation"], **window(line)),
    "avg_pool": lambda line, p, x: functional.avg_pool2d(x, **window(line)),
    "scale": lambda line, p, x: x * p[0],
    "dropout": lambda line, p, x: x * p[0],
    "embedding": lambda line, p, x: functional.embedding(p[0].long(), x),
    "cross_entropy": lambda line, p, x: functional.cross_entropy(x, p[0].long()),
    "nll_loss": lambda line, p, x: functional.nll_loss(x, p[0].long()),
    "mse_loss": lambda line, p, x, y: functional.mse_loss(x, y),
}


class Followed:
    """`worst`: by the name of a product's result or an update's gradient, the largest error relative to its largest value,
    or, of sums, to the largest sum of magnitudes."""

    def __init__(self, trace):
        self.trace, self.values, self.worst = trace, {}, {}
        self.composed = {}
        for line in trace.composed:
            assert "because" not in line, line
            self.composed.setdefault(line["value"], []).append(line)
        self.forward = {(line["layer"], line["op"]): line for line in trace.operations if line["pass"] == "fwd"}
        for line in trace.operations:
            if "gemm" in line:
                self._product(line)
            elif line["op"] == "update":
                self._compare(line["dw"], self.value(line["dw"]), self.value(line["dw"], magnitude=True).max())
            elif any(name not in self.composed for name in line["out"]):
                self._operator(line)

    def value(self, name, magnitude=False):
        """`magnitude`: the sum of the terms' magnitudes, which is what rounding errors are relative to."""
        if name in self.values:
            return self.values[name].abs() if magnitude else self.values[name]
        if name not in self.composed:
            return torch.from_numpy(self.trace.tensors[name]).double()
        parts = self.composed[name]
        total = numpy.zeros(parts[0]["elements"])
        for part in parts:
            source = self.value(part["of"], magnitude).detach().contiguous().numpy().reshape(-1)
            shape = part.get("shape", [len(source)])
            from_, to = part.get("from", [0, 1]), part.get("to", [0, 1])
            index = numpy.indices(shape).reshape(len(shape), -1)
            places = [where[0] + numpy.tensordot(where[1:], index, 1) for where in (from_, to)]
            factor = abs(part.get("factor", 1)) if magnitude else part.get("factor", 1)
            numpy.add.at(total, places[1], factor * source[places[0]])
        return torch.from_numpy(total)

    def _compare(self, name, found, scale=0.0):
        recorded = torch.from_numpy(self.trace.tensors[name]).double().reshape(-1)
        error = (found.reshape(-1) - recorded).abs().max() / max(recorded.abs().max(), scale)
        self.worst[name] = float(error)

    def _product(self, line):
        a, b = (self.value(line[role]).reshape(self.trace.tensors[line[role]].shape) for role in ("a", "b"))
        if "dims" in line:
            found = self._convolution(line, a, b)
        else:
            found = (a.swapaxes(-1, -2) if line.get("a_trans") else a) @ (b.swapaxes(-1, -2) if line.get("b_trans") else b)
        self._compare(line["out"], found)
        if "bias" in line:
            bias = self.value(line["bias"])
            found = found + (bias[:, None, None] if "dims" in line else bias)
        self.values[line["out"]] = found

    @staticmethod
    def _convolution(line, a, b):
        d = line["dims"]
        x = torch.zeros(d["N"], d["C"], d["H"], d["W"], dtype=torch.float64, requires_grad=True)
        w = torch.zeros(d["K"], d["C"] // d["groups"], d["R"], d["S"], dtype=torch.float64, requires_grad=True)
        if line["pass"] == "fwd":
            return functional.conv2d(a, b, None, d["stride"], d["pad"], d["dilation"], d["groups"])
        given, asked = (w, x) if line["pass"] == "bwd_input" else (x, w)
        with torch.no_grad():
            given.copy_(b)
        y = functional.conv2d(x, w, None, d["stride"], d["pad"], d["dilation"], d["groups"])
        return torch.autograd.grad(y, asked, a)[0]

    def _operator(self, line):
        forward = self.forward[line["layer"], line["op"]]
        shape = (-1, forward["shape"][-1]) if line["op"] == "embedding" else forward["shape"]
        operands = [self.value(name).reshape(shape).requires_grad_() for name in forward["in"]]
        recorded = [torch.from_numpy(self.trace.tensors[name]) for name in forward.get("params", [])]
        parameters = [tensor.double().requires_grad_() for tensor in recorded]
        result = FUNCTIONS[line["op"]](forward, parameters, *operands)
        if line["pass"] == "fwd":
            self.values.update({name: result.detach() for name in line["out"]})
            return
        gradient = sum(self.value(name).reshape(result.shape) for name in line["in"])
        gradients = torch.autograd.grad(result, [*operands, *parameters], gradient, allow_unused=True)
        self.values.update(zip(line["out"], gradients))
