"""Records loops that train with lns_training: operands as they were before quantisation, and as results what the quantised
operands give exactly, so that a trace says nothing of how PyTorch sums.
"""
import torch
from torch.nn import functional
from torch.nn.grad import conv2d_input, conv2d_weight

import lns
import lns_training
import lnsim_record
from lns_training import FORMAT


class LnsRecorder(lnsim_record.Recorder):
    def __init__(self, model, optimizer, path, steps, name=None, details=None):
        super().__init__(model, optimizer, path, steps, name=name, details=details)

    def numerics(self):
        formats = {kind: [FORMAT.bits, FORMAT.gamma] for kind in "WAEG"}
        return {"numerics": {**formats, "underflow": FORMAT.underflow, "sums": "float64",
                             "scale": "per-tensor, k=round(gamma*log2(amax))-(2^(B-1)-1)"}}

    def called(self, func, args, kwargs):
        if func is lns_training.conv2d:
            return self._lns_conv2d(*args, **kwargs)
        if func is lns_training.linear:
            return self._lns_linear(*args, **kwargs)
        if func in lnsim_record.CONVOLUTIONS | lnsim_record.LINEARS | lnsim_record.MATMULS:
            self._refuse(func.__name__, "is not quantised; use lns_training's")
        return super().called(func, args, kwargs)

    def _lns_conv2d(self, input, weight, bias=None, stride=1, padding=0):
        result = lns_training.conv2d(input, weight, bias, stride, padding)
        geometry = (lnsim_record.pair(stride), lnsim_record.pair(padding), [1, 1], 1)
        product = lnsim_record.Convolution(tuple(input.shape), tuple(weight.shape), tuple(result.shape), *geometry)
        x, w = lns.quantise(input.detach(), FORMAT).double(), lns_training.operand(weight).double()
        self._quantised(product, input, weight, bias, result, functional.conv2d(x, w, None, *geometry),
                        lambda dy: conv2d_input(x.shape, w, dy, *geometry),
                        lambda dy: conv2d_weight(x, w.shape, dy, *geometry))
        return result

    def _lns_linear(self, input, weight, bias=None):
        result = lns_training.linear(input, weight, bias)
        product = lnsim_record.Linear(input.shape[0], *weight.shape)
        x, w = lns.quantise(input.detach(), FORMAT).double(), lns_training.operand(weight).double()
        self._quantised(product, input, weight, bias, result, x @ w.t(), lambda dy: dy @ w, lambda dy: dy.t() @ x)
        return result

    def _quantised(self, product, input, weight, bias, result, y, input_gradient, weight_gradient):
        layer, trace = self._layer(product.op), self.trace
        self.note_readers([weight])
        self.weights.setdefault(id(weight), []).append([layer, None])
        for name, tensor in (("x", input), ("w", weight)):
            self._operand(f"{layer}/{name}", f"{layer}/d{name}", tensor, kept=True)
        tensors = {"x": input.detach(), "w": weight.detach(), "y": y.float()}
        self._record(layer, product, "fwd", tensors, self._result(layer, product, bias, result))

        def backward(_, gradients):
            if self.trace is not trace:
                return
            tensors["dy"] = gradients[0].detach()
            self.flow.passed.add(f"{layer}/y")
            self.flow.made.update({f"{layer}/dx", f"{layer}/dw"})
            dy = lns.quantise(tensors["dy"], FORMAT).double()
            if input.requires_grad:
                tensors["dx"] = input_gradient(dy).float()
                self._record(layer, product, "bwd_input", tensors, {})
            tensors["dw"] = weight_gradient(dy).float()
            self._record(layer, product, "bwd_weight", tensors, {})
            if bias is not None:
                self._bias_gradient(layer, product)

        result.grad_fn.register_hook(backward)
