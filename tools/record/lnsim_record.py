#!/usr/bin/env python3
"""Records one training step of any PyTorch (1.13 or newer) loop as a native lnsim trace with operands.

    from lnsim_record import Recorder
    with Recorder(model, optimizer, "trace.jsonl", step=100):
        for images, labels in loader:            # the usual loop, unchanged
            optimizer.zero_grad()
            loss = criterion(model(images), labels)
            loss.backward()
            optimizer.step()

Step 100 (counted in calls of optimizer.step, from 0) is written to trace.jsonl and trace.npz. Recorded are the operands of
every convolution and matrix product as they were before quantisation, and as results what the quantised operands give
exactly; of every update the weights before and after and the gradient that the optimizer took. A loop that quantises its
operands itself calls the functions of lns_training; an optimizer may offer lnsim_update(parameter) to say more of its step.

    tools/record/lnsim_record.py --check trace.jsonl

recomputes every product and update of a recorded trace in float64, independently of PyTorch, and compares.
"""
import argparse
import contextlib
import hashlib
import json
import pathlib
import sys

import numpy
import torch
from torch.nn import functional
from torch.nn.grad import conv2d_input, conv2d_weight
from torch.overrides import TorchFunctionMode

import lns
import lns_training
import record_check

FORMAT = lns_training.FORMAT

CONVOLUTIONS = {functional.conv2d, torch.conv2d, lns_training.conv2d}
LINEARS = {functional.linear, lns_training.linear}
MATMULS = {torch.matmul, torch.Tensor.matmul, torch.Tensor.__matmul__, torch.bmm, torch.Tensor.bmm, torch.mm,
           torch.Tensor.mm}
def overloads(name, *spellings):
    """A function's spellings in torch, as a method, and as an operator, those that exist."""
    found = [getattr(place, spelling, None) for spelling in (name, name + "_", *spellings)
             for place in (torch, torch.Tensor, functional)]
    return [function for function in found if callable(function)]


VECTOR_OPERATORS = {function: native for native, functions in {
    "batch_norm": [functional.batch_norm], "layer_norm": [functional.layer_norm], "group_norm": [functional.group_norm],
    "relu": overloads("relu"), "gelu": overloads("gelu"), "tanh": overloads("tanh"), "sigmoid": overloads("sigmoid"),
    "silu": overloads("silu"), "softmax": overloads("softmax"), "log_softmax": overloads("log_softmax"),
    "max_pool2d": [functional.max_pool2d], "avg_pool2d": [functional.avg_pool2d],
    "adaptive_avg_pool2d": [functional.adaptive_avg_pool2d],
    "add": overloads("add", "__add__", "__radd__", "__iadd__"), "sub": overloads("sub", "__sub__", "__rsub__", "__isub__"),
    "mul": overloads("mul", "__mul__", "__rmul__", "__imul__"),
    "div": overloads("div", "__truediv__", "__rtruediv__", "__itruediv__"),
    "sum": overloads("sum"), "mean": overloads("mean"), "dropout": [functional.dropout], "embedding": [functional.embedding],
    "cross_entropy": [functional.cross_entropy], "nll_loss": [functional.nll_loss], "mse_loss": [functional.mse_loss],
}.items() for function in functions}
# Products that are not recorded: better no trace than one that lacks them.
UNSUPPORTED = {functional.conv1d, functional.conv3d, functional.conv_transpose2d, torch.addmm, torch.baddbmm, torch.einsum,
               torch.tensordot, functional.multi_head_attention_forward} | ({functional.scaled_dot_product_attention}
                                   if hasattr(functional, "scaled_dot_product_attention") else set())


def pair(value):
    return list(value) if isinstance(value, (tuple, list)) else [value, value]


class _Watch(TorchFunctionMode):
    """Shows the recorder every call of a PyTorch function."""

    def __init__(self, recorder):
        super().__init__()
        self.recorder = recorder

    def __torch_function__(self, func, types, args=(), kwargs=None):
        result = func(*args, **(kwargs or {}))
        if self.recorder.active and torch.is_grad_enabled():
            # Within the mode's own handler the mode is off: nothing that the recorder does is recorded.
            self.recorder.called(func, args, kwargs or {}, result)
        return result


class Recorder(contextlib.AbstractContextManager):
    def __init__(self, model, optimizer, path, step, name=None, details=None):
        self.model, self.optimizer, self.path, self.step = model, optimizer, pathlib.Path(path), step
        self.name, self.details = name or type(model).__name__, details or {}
        self.parameters = {id(p): n for n, p in model.named_parameters()}
        self.lines, self.tensors, self.layers = [], {}, {}
        self.modules, self.used_names, self.handles = [], set(), []
        self.count = 0

    @property
    def active(self):
        return self.count == self.step and self.model.training

    def __enter__(self):
        for name, module in self.model.named_modules():
            self.handles.append(module.register_forward_pre_hook(lambda *_, name=name: self.modules.append(name)))
            self.handles.append(module.register_forward_hook(self._leave_module))
        self.optimizer_step = self.optimizer.step
        self.optimizer.step = self._step
        self.watch = _Watch(self)
        self.watch.__enter__()
        return self

    def __exit__(self, *error):
        self.watch.__exit__(*error)
        self.optimizer.step = self.optimizer_step
        for handle in self.handles:
            handle.remove()
        if error[0] is None and self.count <= self.step:
            raise RuntimeError(f"the loop ended after {self.count} steps, before step {self.step}")

    def _leave_module(self, *_):
        self.modules.pop()  # a hook's result would replace the module's

    # What is seen

    def called(self, func, args, kwargs, result):
        if func in UNSUPPORTED:
            raise NotImplementedError(f"{func.__name__} is a product that is not recorded; write it with matmul or conv2d")
        if func in CONVOLUTIONS:
            self._convolution(result, *args, **kwargs)
        elif func in LINEARS:
            self._linear(result, *args, **kwargs)
        elif func in MATMULS:
            self._matmul(result, *args, **kwargs)
        elif func in VECTOR_OPERATORS and isinstance(args[0], torch.Tensor) and result.requires_grad:
            op = VECTOR_OPERATORS[func]
            scaling = op in ("mul", "div") and not (isinstance(args[1], torch.Tensor) and args[1].numel() > 1)
            layer = self._vector("scale" if scaling else op, args[0], result)
            if func is functional.embedding:
                self._note_weight(layer, args[1])

    def _layer(self, default):
        """A name of its own: the module's, or within a module that calls several products the module's and a number."""
        module = self.modules[-1] if self.modules else ""
        base = module or default
        name, number = base, 1
        while name in self.used_names:
            number += 1
            name = f"{base}#{number}"
        self.used_names.add(name)
        return name

    def _keep(self, layer, **tensors):
        for key, tensor in tensors.items():
            self.tensors[f"{layer}/{key}"] = tensor.detach().to(torch.float32).cpu().numpy().copy()

    def _line(self, layer, op, direction, **fields):
        self.lines.append({"i": len(self.lines), "layer": layer, "op": op, "pass": direction, **fields})

    def _on_gradient(self, result, action):
        if result.grad_fn is not None:
            result.grad_fn.register_hook(lambda _, gradients: action(gradients[0].detach()))

    def _note_weight(self, layer, weight):
        if id(weight) in self.parameters:
            self.layers[self.parameters[id(weight)]] = layer

    def _convolution(self, result, input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
        if isinstance(padding, str):
            raise NotImplementedError(f"padding={padding!r}: give it in numbers")
        stride, padding, dilation = pair(stride), pair(padding), pair(dilation)
        x, w = input.detach(), weight.detach()
        layer = self._layer("conv2d")
        self._note_weight(layer, weight)
        n, c, h, width = x.shape
        k, c_group, r, s = w.shape
        p, q = result.shape[2:]
        dims = {"N": n, "C": c, "H": h, "W": width, "K": k, "R": r, "S": s, "P": p, "Q": q, "groups": groups,
                "stride": stride, "pad": padding, "dilation": dilation}
        macs = n * k * p * q * c_group * r * s
        xq, wq = lns.quantise(x, FORMAT).double(), lns_training.operand(weight).double()
        geometry = (stride, padding, dilation, groups)
        self._keep(layer, x=x, w=w, y=functional.conv2d(xq, wq, None, *geometry))
        self._line(layer, "conv2d", "fwd", dims=dims, gemm=gemm(groups, n * p * q, k // groups, c_group * r * s),
                   a=f"{layer}/x", b=f"{layer}/w", out=f"{layer}/y", macs=macs)

        def backward(dy):
            dyq = lns.quantise(dy, FORMAT).double()
            self._keep(layer, dy=dy)
            if input.requires_grad:
                self._keep(layer, dx=conv2d_input(x.shape, wq, dyq, *geometry))
                self._line(layer, "conv2d", "bwd_input", dims=dims,
                           gemm=gemm(groups, n * h * width, c_group, k // groups * r * s), a=f"{layer}/dy",
                           b=f"{layer}/w", out=f"{layer}/dx", macs=macs)
            self._keep(layer, dw=conv2d_weight(xq, w.shape, dyq, *geometry))
            self._line(layer, "conv2d", "bwd_weight", dims=dims,
                       gemm=gemm(groups, k // groups, c_group * r * s, n * p * q), a=f"{layer}/dy", b=f"{layer}/x",
                       out=f"{layer}/dw", macs=macs)
            if bias is not None:
                self._line(layer, "sum", "bwd", shape=list(dy.shape))

        self._on_gradient(result, backward)

    def _linear(self, result, input, weight, bias=None, op="linear"):
        x = input.detach().reshape(-1, input.shape[-1])
        w = weight.detach()
        layer = self._layer("linear")
        self._note_weight(layer, weight)
        rows, outputs, inputs = x.shape[0], w.shape[0], w.shape[1]
        macs = rows * outputs * inputs
        xq, wq = lns.quantise(x, FORMAT).double(), lns_training.operand(weight).double()
        self._keep(layer, x=x, w=w, y=xq @ wq.t())
        self._line(layer, op, "fwd", gemm=gemm(1, rows, outputs, inputs), a=f"{layer}/x", b=f"{layer}/w", b_trans=True,
                   out=f"{layer}/y", macs=macs)

        def backward(dy):
            dy = dy.reshape(-1, outputs)
            dyq = lns.quantise(dy, FORMAT).double()
            self._keep(layer, dy=dy)
            if input.requires_grad:
                self._keep(layer, dx=dyq @ wq)
                self._line(layer, op, "bwd_input", gemm=gemm(1, rows, inputs, outputs), a=f"{layer}/dy", b=f"{layer}/w",
                           out=f"{layer}/dx", macs=macs)
            self._keep(layer, dw=dyq.t() @ xq)
            self._line(layer, op, "bwd_weight", gemm=gemm(1, outputs, inputs, rows), a=f"{layer}/dy", a_trans=True,
                       b=f"{layer}/x", out=f"{layer}/dw", macs=macs)
            if bias is not None:
                self._line(layer, "sum", "bwd", shape=list(dy.shape))

        self._on_gradient(result, backward)

    def _matmul(self, result, left, right):
        """Products of two activations; leading extents are the batch."""
        if left.dim() != right.dim() or left.dim() < 2 or left.shape[:-2] != right.shape[:-2]:
            raise NotImplementedError(f"a product of shapes {list(left.shape)} and {list(right.shape)}")
        rows, inner, columns = left.shape[-2], left.shape[-1], right.shape[-1]
        a, b = left.detach().reshape(-1, rows, inner), right.detach().reshape(-1, inner, columns)
        layer, batch = self._layer("bmm"), a.shape[0]
        macs = batch * rows * inner * columns
        aq, bq = lns.quantise(a, FORMAT).double(), lns.quantise(b, FORMAT).double()
        self._keep(layer, a=a, b=b, y=aq @ bq)
        self._line(layer, "bmm", "fwd", gemm=gemm(batch, rows, columns, inner), a=f"{layer}/a", b=f"{layer}/b",
                   out=f"{layer}/y", macs=macs)

        def backward(dy):
            dy = dy.reshape(-1, rows, columns)
            dyq = lns.quantise(dy, FORMAT).double()
            self._keep(layer, dy=dy)
            if left.requires_grad:
                self._keep(layer, da=dyq @ bq.transpose(1, 2))
                self._line(layer, "bmm", "bwd_input", operand="a", gemm=gemm(batch, rows, inner, columns),
                           a=f"{layer}/dy", b=f"{layer}/b", b_trans=True, out=f"{layer}/da", macs=macs)
            if right.requires_grad:
                self._keep(layer, db=aq.transpose(1, 2) @ dyq)
                self._line(layer, "bmm", "bwd_input", operand="b", gemm=gemm(batch, inner, columns, rows),
                           a=f"{layer}/a", a_trans=True, b=f"{layer}/dy", out=f"{layer}/db", macs=macs)

        self._on_gradient(result, backward)

    def _vector(self, op, input, result):
        shape = list(result.shape if op in ("add", "sub", "mul", "div", "scale", "embedding") else input.shape)
        layer = self._layer(op)
        self._line(layer, op, "fwd", shape=shape)

        def backward(_):
            self._line(layer, op, "bwd", shape=shape)

        self._on_gradient(result, backward)
        return layer

    # The update

    def _step(self, *args, **kwargs):
        if not self.active:
            self.count += 1
            return self.optimizer_step(*args, **kwargs)
        updated = [(p, self.parameters[id(p)]) for group in self.optimizer.param_groups for p in group["params"]
                   if p.grad is not None and id(p) in self.parameters]
        unseen = [name for p, name in updated if p.dim() > 1 and name not in self.layers]
        if unseen:
            raise NotImplementedError(f"no recorded product reads {', '.join(unseen)}; call conv2d, linear or matmul for it")
        before = [self._before(p, name) for p, name in updated]
        result = self.optimizer_step(*args, **kwargs)
        for (p, name), line in zip(updated, before):
            self._update(p, name, line)
        self.count += 1
        self._write()
        return result

    def _before(self, p, name):
        layer = self.layers.get(name)
        say_more = getattr(self.optimizer, "lnsim_update", None)
        more = say_more(p) if say_more else {}
        if more is None or f"{layer}/w" not in self.tensors:  # shapes only: nothing to replay
            return {}
        fields = {key: value for key, value in more.items() if key != "v"}
        self._keep(layer, dwq=p.grad)
        if "v" in more:
            self._keep(layer, v=more["v"])
            fields["v"] = f"{layer}/v"
        return {**fields, "w": f"{layer}/w", "dw": f"{layer}/dwq", "out": f"{layer}/w_new"}

    def _update(self, p, name, line):
        layer = self.layers.get(name)
        if line:
            self._keep(layer, w_new=p)
        owner = layer or name.rpartition(".")[0] or name
        self._line(owner, "update", "update", param=name, shape=list(p.shape), **line)

    def _write(self):
        npz = self.path.with_suffix(".npz")
        numpy.savez_compressed(npz, **self.tensors)
        numerics = {kind: [FORMAT.bits, FORMAT.gamma] for kind in "WAEG"}
        header = {"format": "lns-layertrace/1", "model": self.name, "source": "tools/record/lnsim_record.py, PyTorch "
                  + torch.__version__, "tensors": npz.name, "numerics": {**numerics, "underflow": FORMAT.underflow,
                  "scale": "per-tensor, k=round(gamma*log2(amax))-(2^(B-1)-1)"}, **self.details,
                  "npz_sha256": hashlib.sha256(npz.read_bytes()).hexdigest()}
        tensors = [{"tensor": key, "shape": list(value.shape), "dtype": "float32",
                    "zeros": int((value == 0).sum())} for key, value in self.tensors.items()]
        with open(self.path, "w", encoding="utf-8") as file:
            for line in [header, *self.lines, *tensors]:
                file.write(json.dumps(line, separators=(",", ":")) + "\n")


def gemm(batch, m, n, k):
    return {"batch": batch, "M": m, "N": n, "K": k}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", metavar="TRACE", required=True, help="recompute a recorded trace and compare")
    return record_check.check(parser.parse_args().check)


if __name__ == "__main__":
    sys.exit(main())
