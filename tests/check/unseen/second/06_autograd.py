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
            x.clamp_(min=0)
            return x.clone()

        @staticmethod
        def backward(ctx, grad_output):
            (mask,) = ctx.saved_tensors
            return grad_output * mask


@wrong("MySigmoid", hint="output_in_place_of_its_slope")
def multiplied_by_the_output():
    class MySigmoid(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            out = torch.special.expit(x)
            ctx.save_for_backward(out)
            return out

        @staticmethod
        def backward(ctx, grad_output):
            (out,) = ctx.saved_tensors
            return out * grad_output


@wrong("MyLinear", hint="two_gradients")
def nothing_for_the_bias():
    class MyLinear(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, W, b):
            ctx.save_for_backward(x, W)
            out = x.mm(W.t())
            return out if b is None else out + b

        @staticmethod
        def backward(ctx, grad_output):
            x, W = ctx.saved_tensors
            return grad_output.mm(W), grad_output.t().mm(x)


@wrong("GradReverse", hint="lam_squared")
def lam_in_both_places():
    class GradReverse(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, lam):
            ctx.scale = lam * lam
            return x.clone()

        @staticmethod
        def backward(ctx, grad_output):
            return grad_output.neg() * ctx.scale, None


@wrong("jacobian_by_vjp", hint="rows_summed")
def all_outputs_at_once():
    def jacobian_by_vjp(f, x):
        leaf = x.detach().clone().requires_grad_()
        y = f(leaf)
        (g,) = torch.autograd.grad(y, leaf, torch.ones_like(y))
        return g.repeat(len(y), 1)
