"""Training with LNS operands and weights kept only in 16-bit LNS (LNS-Madam), in plain PyTorch.

Every product takes quantised operands: forward Q_A(x) Q_W(w), input gradient Q_E(dy) Q_W(w), weight gradient Q_E(dy) Q_A(x)
and then Q_G. Sums are exact up to fp32 rounding; everything between the products is fp32.
"""
import torch
from torch import nn
from torch.nn import functional
from torch.nn.grad import conv2d_input, conv2d_weight
from torch.overrides import handle_torch_function, has_torch_function

import lns

FORMAT = lns.Format(8, 8, "clamp")


def operand(weight):
    """Q_W of a parameter: from its store if it has one."""
    store = getattr(weight, "lns_store", None)
    return store.operand_values().to(weight.dtype) if store else lns.quantise(weight, FORMAT)


class _Conv2d(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w, stride, padding):
        ctx.geometry = (x.shape, w.shape, stride, padding)
        xq, wq = lns.quantise(x, FORMAT), operand(w)
        ctx.save_for_backward(xq, wq)
        return functional.conv2d(xq, wq, None, stride, padding)

    @staticmethod
    def backward(ctx, dy):
        xq, wq = ctx.saved_tensors
        x_shape, w_shape, stride, padding = ctx.geometry
        dyq = lns.quantise(dy, FORMAT)
        dx = conv2d_input(x_shape, wq, dyq, stride, padding) if ctx.needs_input_grad[0] else None
        dw = lns.quantise(conv2d_weight(xq, w_shape, dyq, stride, padding), FORMAT)
        return dx, dw, None, None


class _Linear(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w):
        xq, wq = lns.quantise(x, FORMAT), operand(w)
        ctx.save_for_backward(xq, wq)
        return xq @ wq.t()

    @staticmethod
    def backward(ctx, dy):
        xq, wq = ctx.saved_tensors
        dyq = lns.quantise(dy, FORMAT)
        dx = dyq @ wq if ctx.needs_input_grad[0] else None
        return dx, lns.quantise(dyq.t() @ xq, FORMAT)


def conv2d(input, weight, bias=None, stride=1, padding=0):
    """Like torch.nn.functional.conv2d, and like it visible to torch function modes."""
    if has_torch_function((input, weight)):
        return handle_torch_function(conv2d, (input, weight), input, weight, bias, stride, padding)
    return _Conv2d.apply(input, weight, stride, padding)


def linear(input, weight, bias=None):
    if has_torch_function((input, weight)):
        return handle_torch_function(linear, (input, weight), input, weight, bias)
    y = _Linear.apply(input, weight)
    return y if bias is None else y + bias


class Conv2d(nn.Conv2d):
    def forward(self, x):
        return conv2d(x, self.weight, None, self.stride, self.padding)


class Linear(nn.Linear):
    def forward(self, x):
        return linear(x, self.weight, self.bias)


class LnsMadam(torch.optim.Optimizer):
    """Madam on 16-bit LNS codes for weights of two and more dimensions; Adam in fp32 for biases and normalisation.

    v <- beta v + (1 - beta) g^2;  g* = round(clamp(g / sqrt(v / (1 - beta^t)), +-bound)), ties to even, 0/0 = 0;
    e <- clamp(e - gamma lr g* sign(w)).  gamma lr must be an integer, so that the step is exact.
    """

    def __init__(self, params, lr=1 / 16, beta=0.999, bound=10.0, adam_lr=0.01):
        super().__init__(params, dict(lr=lr, beta=beta, bound=bound, adam_lr=adam_lr))
        self.steps = 0
        for group in self.param_groups:
            for p in group["params"]:
                if p.dim() > 1:
                    p.lns_store = lns.Store(p)
                    p.data.copy_(p.lns_store.values())
                    self.state[p]["v"] = torch.zeros_like(p)
                else:
                    self.state[p].update(v=torch.zeros_like(p), m=torch.zeros_like(p))

    @torch.no_grad()
    def step(self):
        self.steps += 1
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is None:
                    continue
                if p.dim() > 1:
                    self._madam(p, group)
                else:
                    self._adam(p, group)

    def _madam(self, p, group):
        g, v, store = p.grad.double(), self.state[p]["v"], p.lns_store
        exact_v = group["beta"] * v.double() + (1 - group["beta"]) * g * g
        normalised = torch.nan_to_num(g / torch.sqrt(exact_v / (1 - group["beta"] ** self.steps)), nan=0.0)
        whole = torch.round(normalised.clamp(-group["bound"], group["bound"]))
        codes_per_unit = store.gamma * group["lr"]
        assert codes_per_unit == int(codes_per_unit), "gamma * lr must be an integer"
        store.code = (store.code - (codes_per_unit * whole * store.sign).long()).clamp(0, store.top)
        v.copy_(exact_v)
        p.copy_(store.values())

    def _adam(self, p, group):
        state, g = self.state[p], p.grad
        state["m"].mul_(0.9).add_(g, alpha=0.1)
        state["v"].mul_(0.999).addcmul_(g, g, value=0.001)
        m = state["m"] / (1 - 0.9 ** self.steps)
        v = state["v"] / (1 - 0.999 ** self.steps)
        p.sub_(group["adam_lr"] * m / (v.sqrt() + 1e-8))

    def lnsim_update(self, p):
        """What a recorder writes of a parameter's update, before the step; None: only that it happens."""
        if p.dim() < 2:
            return None
        group, store = self.param_groups[0], p.lns_store
        return {"rule": "madam_int", "lr": group["lr"], "step": self.steps + 1, "v": self.state[p]["v"],
                "store": {"format": "LNS", "B": store.bits, "gamma": store.gamma, "k": store.k, "kb": store.kb,
                          "code8": "min(127,(e16+128)>>8)", "beta": group["beta"], "g_bound": group["bound"],
                          "g_round": "nearest-even int", "lr_scale": 1.0}}
