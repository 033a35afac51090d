"""Unseen wrong answers to assignment 06; `hint` is the catalogue entry with the same idea, or "none"."""

import math

import torch

from answers import wrong
from course_utils.checks.autograd import Node


@wrong("Value", hint="each_factor_passes_its_own_number")
def local_gradients_not_switched():
    class Value:
        def __init__(self, data, parents=(), local_gradients=()):
            self.data = float(data)
            self.grad = 0.0
            self.parents = tuple(parents)
            self.local_gradients = tuple(local_gradients)

        @classmethod
        def wrap(cls, v):
            return v if isinstance(v, cls) else cls(v)

        def __add__(self, other):
            other = Value.wrap(other)
            return Value(self.data + other.data, (self, other), (1.0, 1.0))

        def __mul__(self, other):
            other = Value.wrap(other)
            return Value(self.data * other.data, (self, other), (self.data, other.data))

        def __pow__(self, n):
            return Value(self.data**n, (self,), (n * self.data ** (n - 1),))

        def exp(self):
            e = math.exp(self.data)
            return Value(e, (self,), (e,))

        def relu(self):
            return Value(self.data if self.data > 0 else 0.0, (self,), (1.0 if self.data > 0 else 0.0,))

        def __neg__(self):
            return Value(-self.data, (self,), (-1.0,))

        def __sub__(self, other):
            return self + (-Value.wrap(other))

        def __truediv__(self, other):
            return self * Value.wrap(other) ** -1

        def __radd__(self, other):
            return Value.wrap(other) + self

        def __rsub__(self, other):
            return Value.wrap(other) - self

        def __rmul__(self, other):
            return Value.wrap(other) * self

        def __rtruediv__(self, other):
            return Value.wrap(other) / self


@wrong("Value", hint="power_without_its_factor")
def power_rule():
    class Value:
        def __init__(self, data, parents=(), local_gradients=()):
            self.data, self.grad = float(data), 0.0
            self.parents, self.local_gradients = tuple(parents), tuple(local_gradients)

        def _v(self, other):
            return other if isinstance(other, Value) else Value(other)

        def __add__(self, other):
            o = self._v(other)
            return Value(self.data + o.data, [self, o], [1.0, 1.0])

        __radd__ = __add__

        def __mul__(self, other):
            o = self._v(other)
            return Value(self.data * o.data, [self, o], [o.data, self.data])

        __rmul__ = __mul__

        def __pow__(self, n):
            return Value(self.data**n, [self], [self.data ** (n - 1)])

        def exp(self):
            return Value(math.exp(self.data), [self], [math.exp(self.data)])

        def relu(self):
            on = self.data > 0
            return Value(self.data * on, [self], [float(on)])

        def __neg__(self):
            return self * -1.0

        def __sub__(self, other):
            return self + self._v(other) * -1.0

        def __rsub__(self, other):
            return self._v(other) + self * -1.0

        def __truediv__(self, other):
            o = self._v(other)
            return self * Value(1 / o.data, [o], [-1 / o.data**2])

        def __rtruediv__(self, other):
            return self._v(other) / self


@wrong("test_toposort", hint="only_the_set")
def members_compared():
    def test_toposort(toposort):
        x = Node(0.0)
        y = Node(1.0, (x,))
        z = Node(0.0, (x, y))
        order = toposort(z)
        assert len(order) == 3
        for node in (x, y, z):
            assert node in order


@wrong("test_toposort", hint="one_expected_list")
def equal_to_my_order():
    def test_toposort(toposort):
        x, y = Node(0.0), Node(0.0)
        left, right_one = Node(1.0, (x,)), Node(1.0, (y,))
        root = Node(2.0, (left, right_one))
        assert toposort(root) == [x, left, y, right_one, root]


@wrong("backward", hint="gradient_overwritten")
def assigned():
    def backward(root):
        order, seen, work = [], set(), [(root, False)]
        while work:
            node, ready = work.pop()
            if ready:
                order.append(node)
            elif id(node) not in seen:
                seen.add(id(node))
                work.append((node, True))
                for p in node.parents:
                    work.append((p, False))
        root.grad = 1.0
        while order:
            node = order.pop()
            for i in range(len(node.parents)):
                node.parents[i].grad = node.grad * node.local_gradients[i]


@wrong("backward", hint="gradients_set_to_zero_first")
def reset():
    def backward(root):
        order, seen, work = [], set(), [(root, False)]
        while work:
            node, ready = work.pop()
            if ready:
                order.append(node)
            elif id(node) not in seen:
                seen.add(id(node))
                work.append((node, True))
                for p in node.parents:
                    work.append((p, False))
        for node in order:
            node.grad = 0.0
        root.grad = 1.0
        for node in reversed(order):
            for p, d in zip(node.parents, node.local_gradients):
                p.grad = p.grad + node.grad * d


@wrong("backward", hint="root_gets_no_gradient")
def root_keeps_zero():
    def backward(root):
        order, seen, work = [], set(), [(root, False)]
        while work:
            node, ready = work.pop()
            if ready:
                order.append(node)
            elif id(node) not in seen:
                seen.add(id(node))
                work.append((node, True))
                for p in node.parents:
                    work.append((p, False))
        up = {id(node): 0.0 for node in order}
        up[id(root)] = 1.0
        for node in reversed(order):
            if node is not root:
                node.grad += up[id(node)]
            for p, d in zip(node.parents, node.local_gradients):
                up[id(p)] += up[id(node)] * d


@wrong("MyReLU", hint="upstream_ignored")
def mask_returned():
    class MyReLU(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            zero = torch.zeros_like(x)
            return torch.stack((torch.where(x > 0, x, zero), torch.where(x > 0, zero, -x)))

        @staticmethod
        def backward(ctx, grad_output):
            (x,) = ctx.saved_tensors
            return torch.where(x > 0, torch.ones_like(x), -torch.ones_like(x))


@wrong("MyReLU", hint="mask_on_the_upstream_gradient")
def relu_of_the_gradient():
    class MyReLU(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return torch.maximum(torch.stack((x, -x)), torch.zeros(()).to(x))

        @staticmethod
        def backward(ctx, grad_output):
            upper, lower = torch.maximum(grad_output, torch.zeros_like(grad_output))
            return upper - lower


@wrong("MySigmoid", hint="backward_detached")
def saved_and_detached():
    class MySigmoid(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            s = torch.sigmoid(x)
            ctx.save_for_backward(x)
            return s

        @staticmethod
        def backward(ctx, grad_output):
            s = torch.sigmoid(ctx.saved_tensors[0])
            slope = (s * (1.0 - s)).detach()
            return grad_output * slope

    def MySigmoid_counterexample():
        return torch.tensor([1.0]), torch.tensor([1.0]), ["neg_"]

    def MySigmoid_fault():
        return "b"


@wrong("MySigmoid", hint="no_upstream_gradient")
def slope_alone():
    class MySigmoid(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            s = x.sigmoid()
            ctx.save_for_backward(x)
            return s

        @staticmethod
        def backward(ctx, grad_output):
            s = torch.sigmoid(ctx.saved_tensors[0])
            return s - s.pow(2)

    def MySigmoid_counterexample():
        return torch.tensor([1.0]), torch.tensor([1.0]), ["neg_"]

    def MySigmoid_fault():
        return "b"


@wrong("WeightNormLinear", hint="divided_by_the_samples")
def mean_of_the_samples():
    class WeightNormLinear(torch.autograd.Function):
        @staticmethod
        def gradients(x, V, m, grad_output):
            lengths = V.pow(2).sum(1, keepdim=True).sqrt()
            unit = V / lengths
            W = unit * m.unsqueeze(1)
            dW = grad_output.t().matmul(x) / x.shape[0]
            dm = torch.sum(dW * unit, 1)
            dV = (dW - unit * dm.unsqueeze(1)) * m.unsqueeze(1) / lengths
            return dict(W=W, dx=grad_output.matmul(W), dW=dW, dm=dm, dV=dV)

        @staticmethod
        def forward(ctx, x, V, m):
            ctx.save_for_backward(x, V, m)
            return x @ (V / V.pow(2).sum(1, keepdim=True).sqrt() * m.unsqueeze(1)).t()

        @staticmethod
        def backward(ctx, grad_output):
            x, V, m = ctx.saved_tensors
            d = WeightNormLinear.gradients(x, V, m, grad_output)
            return d["dx"], d["dV"], d["dm"]


@wrong("WeightNormLinear", hint="length_taken_for_a_constant")
def direct_path_only():
    class WeightNormLinear(torch.autograd.Function):
        @staticmethod
        def gradients(x, V, m, grad_output):
            lengths = V.pow(2).sum(1, keepdim=True).sqrt()
            unit = V / lengths
            W = unit * m.unsqueeze(1)
            dW = grad_output.t().matmul(x)
            dm = torch.sum(dW * unit, 1)
            dV = dW * m.unsqueeze(1) / lengths
            return dict(W=W, dx=grad_output.matmul(W), dW=dW, dm=dm, dV=dV)

        @staticmethod
        def forward(ctx, x, V, m):
            ctx.save_for_backward(x, V, m)
            return x @ (V / V.pow(2).sum(1, keepdim=True).sqrt() * m.unsqueeze(1)).t()

        @staticmethod
        def backward(ctx, grad_output):
            x, V, m = ctx.saved_tensors
            d = WeightNormLinear.gradients(x, V, m, grad_output)
            return d["dx"], d["dV"], d["dm"]


@wrong("FocalLoss", hint="loss_taken_for_the_end_of_the_graph")
def upstream_dropped():
    class FocalLoss(torch.autograd.Function):
        @staticmethod
        def gradients(s, y, gamma):
            logq = s - s.logsumexp(1, keepdim=True)
            lp = logq.gather(1, y.view(-1, 1)).view(-1)
            pt = torch.exp(lp)
            d = ((1 - pt) ** (gamma - 1)) * (gamma * pt * lp - (1 - pt)) / s.shape[0]
            grad = -d.view(-1, 1) * logq.exp()
            grad[torch.arange(s.shape[0]), y] += d
            return dict(log_p=lp, dlog_p=d, ds=grad)

        @staticmethod
        def forward(ctx, s, y, gamma):
            ctx.gamma = gamma
            ctx.save_for_backward(s, y)
            lp = (s - s.logsumexp(1, keepdim=True)).gather(1, y.view(-1, 1)).view(-1)
            return torch.mean(-((1 - lp.exp()) ** gamma) * lp)

        @staticmethod
        def backward(ctx, grad_output):
            s, y = ctx.saved_tensors
            return FocalLoss.gradients(s, y, ctx.gamma)["ds"], None, None


@wrong("FocalLoss", hint="factor_taken_for_a_constant")
def weights_detached():
    class FocalLoss(torch.autograd.Function):
        @staticmethod
        def gradients(s, y, gamma):
            logq = s - s.logsumexp(1, keepdim=True)
            lp = logq.gather(1, y.view(-1, 1)).view(-1)
            pt = torch.exp(lp)
            d = -torch.pow(1 - pt, gamma) / s.shape[0]
            grad = -d.view(-1, 1) * logq.exp()
            grad[torch.arange(s.shape[0]), y] += d
            return dict(log_p=lp, dlog_p=d, ds=grad)

        @staticmethod
        def forward(ctx, s, y, gamma):
            ctx.gamma = gamma
            ctx.save_for_backward(s, y)
            lp = (s - s.logsumexp(1, keepdim=True)).gather(1, y.view(-1, 1)).view(-1)
            return torch.mean(-((1 - lp.exp()) ** gamma) * lp)

        @staticmethod
        def backward(ctx, grad_output):
            s, y = ctx.saved_tensors
            return FocalLoss.gradients(s, y, ctx.gamma)["ds"] * grad_output, None, None


@wrong("chain_gradient", hint="keeps_all")
def outputs_by_number():
    def chain_gradient(forward, backward, n, x, upstream):
        seen = {0: x}
        for layer in range(1, n):
            seen[layer] = forward(layer - 1, seen[layer - 1])
        g = upstream
        for layer in range(n - 1, -1, -1):
            g = backward(layer, seen[layer], g)
        return g


@wrong("chain_gradient", hint="outputs_for_inputs")
def the_output_is_handed_back():
    def chain_gradient(forward, backward, n, x, upstream):
        block = max(1, n // 8)
        checkpoints = [x]
        for k in range(n):
            x = forward(k, x)
            if (k + 1) % block == 0:
                checkpoints.append(x)
        for k in range(n - 1, -1, -1):
            y = checkpoints[k // block]
            for j in range(k // block * block, k + 1):
                y = forward(j, y)
            upstream = backward(k, y, upstream)
        return upstream


@wrong("jacobian_by_vjp", hint="transposed")
def filled_in_columns():
    def jacobian_by_vjp(f, x):
        z = x.detach().clone().requires_grad_(True)
        out = f(z)
        J = torch.zeros(len(z), len(out), dtype=out.dtype)
        for i in range(len(out)):
            J[:, i] = torch.autograd.grad(out[i], z, retain_graph=True)[0]
        return J

    def jacobian_by_vjp_guess():
        return 900

    def jacobian_by_vjp_passes(loss, x):
        seen = []

        class Counted(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x):
                return x.clone()

            @staticmethod
            def backward(ctx, g):
                seen.append(1)
                return g

        jacobian_by_vjp(lambda x: torch.autograd.grad(loss(Counted.apply(x)), x, create_graph=True)[0], x)
        return len(seen)

    def jacobian_by_vjp_off_by():
        return jacobian_by_vjp_passes(lambda x: torch.logsumexp(x, 0), torch.zeros(30)) / jacobian_by_vjp_guess()


@wrong("jacobian_by_vjp", hint="graph_not_kept")
def graph_freed():
    def jacobian_by_vjp(f, x):
        z = x.detach().clone().requires_grad_(True)
        out = f(z)
        rows = []
        for i in range(out.numel()):
            rows.append(torch.autograd.grad(out[i], [z])[0])
        return torch.vstack(rows)

    def jacobian_by_vjp_guess():
        return 900

    def jacobian_by_vjp_passes(loss, x):
        seen = []

        class Counted(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x):
                return x.clone()

            @staticmethod
            def backward(ctx, g):
                seen.append(1)
                return g

        jacobian_by_vjp(lambda x: torch.autograd.grad(loss(Counted.apply(x)), x, create_graph=True)[0], x)
        return len(seen)

    def jacobian_by_vjp_off_by():
        return jacobian_by_vjp_passes(lambda x: torch.logsumexp(x, 0), torch.zeros(30)) / jacobian_by_vjp_guess()
