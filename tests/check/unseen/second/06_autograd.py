"""More unseen wrong answers to assignment 06; `hint` is the catalogue entry with the same idea, or "none"."""

import torch

from answers import wrong


@wrong("MyReLU", hint="input_changed_in_place")
def clamp_with_an_underscore():
    class MyReLU(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            mask = x > 0
            ctx.save_for_backward(mask)
            negated = -x
            x.clamp_(min=0)
            return torch.stack([x, negated.clamp_(min=0)])

        @staticmethod
        def backward(ctx, grad_output):
            (mask,) = ctx.saved_tensors
            return grad_output[0] * mask - grad_output[1] * ~mask


@wrong("MySigmoid", hint="output_in_place_of_its_slope")
def multiplied_by_the_output():
    class MySigmoid(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            out = torch.special.expit(x)
            ctx.save_for_backward(x)
            return out

        @staticmethod
        def backward(ctx, grad_output):
            out = torch.sigmoid(ctx.saved_tensors[0])
            return out * grad_output

    def MySigmoid_counterexample():
        return torch.tensor([1.0]), torch.tensor([1.0]), ["neg_"]

    def MySigmoid_fault():
        return "b"


@wrong("WeightNormLinear", hint="gradients_of_another_order")
def m_before_V():
    class WeightNormLinear(torch.autograd.Function):
        @staticmethod
        def gradients(x, V, m, grad_output):
            lengths = V.pow(2).sum(1, keepdim=True).sqrt()
            unit = V / lengths
            W = unit * m.unsqueeze(1)
            dW = grad_output.t().matmul(x)
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
            return d["dx"], d["dm"], d["dV"]


@wrong("chain_gradient", hint="keeps_none")
def input_on_demand():
    def chain_gradient(forward, backward, n, x, upstream):
        def input_of(k):
            out = x
            for layer in range(k):
                out = forward(layer, out)
            return out

        gradient = upstream
        for k in range(n)[::-1]:
            gradient = backward(k, input_of(k), gradient)
        return gradient


@wrong("jacobian_by_vjp", hint="rows_summed")
def all_outputs_at_once():
    def jacobian_by_vjp(f, x):
        leaf = x.detach().clone().requires_grad_()
        y = f(leaf)
        (g,) = torch.autograd.grad(y, leaf, torch.ones_like(y))
        return g.repeat(len(y), 1)

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
