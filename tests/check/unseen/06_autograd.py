"""Unseen wrong answers to assignment 06; `hint` is the catalogue entry with the same idea, or "none"."""

import math

import torch

from answers import wrong


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


@wrong("toposort", hint="recursion")
def generator():
    def toposort(root):
        done, result = set(), []

        def build(v):
            if id(v) in done:
                return
            done.add(id(v))
            for p in v.parents:
                build(p)
            result.append(v)

        build(root)
        return result


@wrong("toposort", hint="root_left_out")
def only_ancestors():
    def toposort(root):
        result, seen, work = [], set(), [(p, False) for p in root.parents]
        while work:
            node, ready = work.pop()
            if ready:
                result.append(node)
            elif id(node) not in seen:
                seen.add(id(node))
                work += [(node, True)] + [(p, False) for p in node.parents]
        return result


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
            return torch.where(x > 0, x, torch.zeros_like(x))

        @staticmethod
        def backward(ctx, grad_output):
            (x,) = ctx.saved_tensors
            return torch.where(x > 0, torch.ones_like(x), torch.zeros_like(x))


@wrong("MyReLU", hint="mask_on_the_upstream_gradient")
def relu_of_the_gradient():
    class MyReLU(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return torch.maximum(x, torch.zeros_like(x))

        @staticmethod
        def backward(ctx, grad_output):
            return torch.nn.functional.relu(grad_output)


@wrong("MySigmoid", hint="backward_detached")
def saved_and_detached():
    class MySigmoid(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            s = torch.sigmoid(x)
            ctx.save_for_backward(s)
            return s

        @staticmethod
        def backward(ctx, grad_output):
            (s,) = ctx.saved_tensors
            slope = (s * (1.0 - s)).detach()
            return grad_output * slope


@wrong("MySigmoid", hint="no_upstream_gradient")
def slope_alone():
    class MySigmoid(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            s = x.sigmoid()
            ctx.save_for_backward(s)
            return s

        @staticmethod
        def backward(ctx, grad_output):
            (s,) = ctx.saved_tensors
            return s - s.pow(2)


@wrong("MyLinear", hint="bias_gradient_averaged")
def mean_for_b():
    class MyLinear(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, W, b):
            ctx.save_for_backward(x, W, b)
            return torch.nn.functional.linear(x, W, b)

        @staticmethod
        def backward(ctx, grad_output):
            x, W, b = ctx.saved_tensors
            gb = None
            if b is not None:
                gb = grad_output.mean(0)
            return grad_output.mm(W), grad_output.t().mm(x), gb


@wrong("MyLinear", hint="gradient_for_a_bias_of_none")
def always_three():
    class MyLinear(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, W, b):
            ctx.save_for_backward(x, W)
            out = x.mm(W.t())
            return out if b is None else out + b.unsqueeze(0)

        @staticmethod
        def backward(ctx, grad_output):
            x, W = ctx.saved_tensors
            return grad_output.mm(W), grad_output.t().mm(x), grad_output.sum(0)


@wrong("SoftmaxCE", hint="loss_taken_for_the_end_of_the_graph")
def upstream_dropped():
    class SoftmaxCE(torch.autograd.Function):
        @staticmethod
        def forward(ctx, s, y):
            ctx.save_for_backward(s, y)
            return torch.nn.functional.cross_entropy(s, y)

        @staticmethod
        def backward(ctx, grad_output):
            s, y = ctx.saved_tensors
            p = torch.softmax(s, 1)
            hot = torch.zeros_like(p)
            hot[range(len(y)), y] = 1
            return (p - hot) / s.shape[0], None


@wrong("SoftmaxCE", hint="gradient_not_divided")
def whole_gradient():
    class SoftmaxCE(torch.autograd.Function):
        @staticmethod
        def forward(ctx, s, y):
            ctx.save_for_backward(s, y)
            return torch.nn.functional.cross_entropy(s, y)

        @staticmethod
        def backward(ctx, grad_output):
            s, y = ctx.saved_tensors
            hot = torch.nn.functional.one_hot(y, s.shape[1]).to(s.dtype)
            return grad_output * (s.softmax(1) - hot), None


@wrong("GradReverse", hint="lam_ignored")
def minus_one():
    class GradReverse(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, lam):
            return x.clone()

        @staticmethod
        def backward(ctx, grad_output):
            return grad_output.neg(), None


@wrong("GradReverse", hint="no_sign")
def scaled_only():
    class GradReverse(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, lam):
            ctx.factor = lam
            return x.view(x.shape)

        @staticmethod
        def backward(ctx, grad_output):
            return grad_output * ctx.factor, None


@wrong("jacobian_by_vjp", hint="transposed")
def filled_in_columns():
    def jacobian_by_vjp(f, x):
        z = x.detach().clone().requires_grad_(True)
        out = f(z)
        J = torch.zeros(len(z), len(out), dtype=out.dtype)
        for i in range(len(out)):
            J[:, i] = torch.autograd.grad(out[i], z, retain_graph=True)[0]
        return J


@wrong("jacobian_by_vjp", hint="graph_not_kept")
def graph_freed():
    def jacobian_by_vjp(f, x):
        z = x.detach().clone().requires_grad_(True)
        out = f(z)
        rows = []
        for i in range(out.numel()):
            rows.append(torch.autograd.grad(out[i], [z])[0])
        return torch.vstack(rows)
