"""Answers to assignment 06: autodiff engines and custom autograd Functions."""

import math
from collections.abc import Callable

import numpy as np
import torch

from answers import right, shared, shortcut, wrong
from course_utils.checks.autograd import Node

# 6.1 Numbers that remember


@right("Value")
def micrograd_style():
    class Value:
        def __init__(self, data, parents=(), local_gradients=()):
            self.data, self.grad = float(data), 0.0
            self.parents, self.local_gradients = tuple(parents), tuple(local_gradients)

        def __add__(self, other):
            other = other if isinstance(other, Value) else Value(other)
            return Value(self.data + other.data, (self, other), (1.0, 1.0))

        def __mul__(self, other):
            other = other if isinstance(other, Value) else Value(other)
            return Value(self.data * other.data, (self, other), (other.data, self.data))

        def __pow__(self, n):
            return Value(self.data**n, (self,), (n * self.data ** (n - 1),))

        def exp(self):
            return Value(math.exp(self.data), (self,), (math.exp(self.data),))

        def relu(self):
            return Value(max(0.0, self.data), (self,), (float(self.data > 0),))

        def __neg__(self):
            return self * -1

        def __sub__(self, other):
            return self + (-other)

        def __truediv__(self, other):
            return self * other**-1

        def __radd__(self, other):
            return self + other

        def __rsub__(self, other):
            return (-self) + other

        def __rmul__(self, other):
            return self * other

        def __rtruediv__(self, other):
            return self**-1 * other


@right("Value")
def closures_called_when_asked():
    class Value:
        def __init__(self, data, parents=(), derivatives=()):
            self.data, self.grad, self.parents, self._derivatives = float(data), 0.0, parents, derivatives

        @property
        def local_gradients(self):
            return tuple(derivative() for derivative in self._derivatives)

        def __add__(self, other):
            other = lift(other)
            return Value(self.data + other.data, (self, other), (lambda: 1.0, lambda: 1.0))

        def __mul__(self, other):
            other = lift(other)
            return Value(self.data * other.data, (self, other), (lambda: other.data, lambda: self.data))

        def __pow__(self, n):
            return Value(self.data**n, (self,), (lambda: n * self.data ** (n - 1),))

        def exp(self):
            return Value(math.exp(self.data), (self,), (lambda: math.exp(self.data),))

        def relu(self):
            return Value(self.data if self.data > 0 else 0.0, (self,), (lambda: 1.0 if self.data > 0 else 0.0,))

        def __neg__(self):
            return Value(-self.data, (self,), (lambda: -1.0,))

        def __sub__(self, other):
            other = lift(other)
            return Value(self.data - other.data, (self, other), (lambda: 1.0, lambda: -1.0))

        def __truediv__(self, other):
            other = lift(other)
            return Value(
                self.data / other.data, (self, other), (lambda: 1 / other.data, lambda: -self.data / other.data**2)
            )

        __radd__ = __add__
        __rmul__ = __mul__

        def __rsub__(self, other):
            return lift(other) - self

        def __rtruediv__(self, other):
            return lift(other) / self

    def lift(x):
        return x if isinstance(x, Value) else Value(x)


@right("Value")
def a_class_for_each_operation():
    class Value:
        parents, local_gradients = (), ()

        def __init__(self, data):
            self.data, self.grad = float(data), 0.0

        def __add__(self, other):
            return Add(self, other)

        def __mul__(self, other):
            return Multiply(self, other)

        def __pow__(self, n):
            return Power(self, n)

        def exp(self):
            return Exp(self)

        def relu(self):
            return Relu(self)

        def __neg__(self):
            return Multiply(self, -1.0)

        def __sub__(self, other):
            return Add(self, Multiply(other, -1.0))

        def __truediv__(self, other):
            return Multiply(self, Power(other, -1))

        def __radd__(self, other):
            return Add(other, self)

        def __rmul__(self, other):
            return Multiply(other, self)

        def __rsub__(self, other):
            return Add(other, -self)

        def __rtruediv__(self, other):
            return Multiply(other, Power(self, -1))

    class Operation(Value):
        def __init__(self, *inputs):
            self.parents = tuple(x if isinstance(x, Value) else Value(x) for x in inputs)
            super().__init__(self.compute(*(parent.data for parent in self.parents)))  # pyright: ignore[reportAttributeAccessIssue] - of subclasses

    class Add(Operation):
        local_gradients = (1.0, 1.0)

        def compute(self, a, b):
            return a + b

    class Multiply(Operation):
        def compute(self, a, b):
            self.local_gradients = (b, a)
            return a * b

    class Power(Operation):
        def __init__(self, base, n):
            self.n = n
            super().__init__(base)

        def compute(self, a):
            self.local_gradients = (self.n * a ** (self.n - 1),)
            return a**self.n

    class Exp(Operation):
        def compute(self, a):
            self.local_gradients = (math.exp(a),)
            return math.exp(a)

    class Relu(Operation):
        def compute(self, a):
            self.local_gradients = (1.0 if a > 0 else 0.0,)
            return max(a, 0.0)


@right("Value")
def numbers_are_no_parents():
    class Value:
        def __init__(self, data, parents=(), local_gradients=()):
            self.data, self.grad = float(data), 0.0
            self.parents, self.local_gradients = tuple(parents), tuple(local_gradients)

        def __add__(self, other):
            if isinstance(other, Value):
                return Value(self.data + other.data, (self, other), (1, 1))
            return Value(self.data + other, (self,), (1,))

        def __mul__(self, other):
            if isinstance(other, Value):
                return Value(self.data * other.data, (self, other), (other.data, self.data))
            return Value(self.data * other, (self,), (other,))

        def __pow__(self, n):
            return Value(self.data**n, (self,), (n * self.data ** (n - 1),))

        def exp(self):
            return Value(math.exp(self.data), (self,), (math.exp(self.data),))

        def relu(self):
            return Value(max(0.0, self.data), (self,), (float(self.data > 0),))

        def __neg__(self):
            return self * -1

        def __sub__(self, other):
            return self + (-other)

        def __truediv__(self, other):
            return self * other**-1

        def __radd__(self, other):
            return self + other

        def __rsub__(self, other):
            return (-self) + other

        def __rmul__(self, other):
            return self * other

        def __rtruediv__(self, other):
            return self**-1 * other


@wrong(
    "Value", hint="In 3 - x, whose method does Python look for first, and what does it try when the number has none?"
)
def no_reflected_operators():
    class Value:
        def __init__(self, data, parents=(), local_gradients=()):
            self.data, self.grad = float(data), 0.0
            self.parents, self.local_gradients = tuple(parents), tuple(local_gradients)

        def __add__(self, other):
            other = other if isinstance(other, Value) else Value(other)
            return Value(self.data + other.data, (self, other), (1.0, 1.0))

        def __mul__(self, other):
            other = other if isinstance(other, Value) else Value(other)
            return Value(self.data * other.data, (self, other), (other.data, self.data))

        def __pow__(self, n):
            return Value(self.data**n, (self,), (n * self.data ** (n - 1),))

        def exp(self):
            return Value(math.exp(self.data), (self,), (math.exp(self.data),))

        def relu(self):
            return Value(max(0.0, self.data), (self,), (float(self.data > 0),))

        def __neg__(self):
            return self * -1

        def __sub__(self, other):
            return self + (-other)

        def __truediv__(self, other):
            return self * other**-1


@wrong("Value", hint="In 3 - x Python calls x.__rsub__(3): which of the two is on the left of the minus?")
def reflected_minus_the_wrong_way_round():
    class Value:
        def __init__(self, data, parents=(), local_gradients=()):
            self.data, self.grad = float(data), 0.0
            self.parents, self.local_gradients = tuple(parents), tuple(local_gradients)

        def __add__(self, other):
            other = other if isinstance(other, Value) else Value(other)
            return Value(self.data + other.data, (self, other), (1.0, 1.0))

        def __mul__(self, other):
            other = other if isinstance(other, Value) else Value(other)
            return Value(self.data * other.data, (self, other), (other.data, self.data))

        def __pow__(self, n):
            return Value(self.data**n, (self,), (n * self.data ** (n - 1),))

        def exp(self):
            return Value(math.exp(self.data), (self,), (math.exp(self.data),))

        def relu(self):
            return Value(max(0.0, self.data), (self,), (float(self.data > 0),))

        def __neg__(self):
            return self * -1

        def __sub__(self, other):
            return self + (-other)

        def __truediv__(self, other):
            return self * other**-1

        def __radd__(self, other):
            return self + other

        def __rsub__(self, other):
            return self - other

        def __rmul__(self, other):
            return self * other

        def __rtruediv__(self, other):
            return self**-1 * other


@wrong("Value", hint="In 2 / x Python calls x.__rtruediv__(2): which of the two is divided by the other?")
def reflected_division_the_wrong_way_round():
    class Value:
        def __init__(self, data, parents=(), local_gradients=()):
            self.data, self.grad = float(data), 0.0
            self.parents, self.local_gradients = tuple(parents), tuple(local_gradients)

        def __add__(self, other):
            other = other if isinstance(other, Value) else Value(other)
            return Value(self.data + other.data, (self, other), (1.0, 1.0))

        def __mul__(self, other):
            other = other if isinstance(other, Value) else Value(other)
            return Value(self.data * other.data, (self, other), (other.data, self.data))

        def __pow__(self, n):
            return Value(self.data**n, (self,), (n * self.data ** (n - 1),))

        def exp(self):
            return Value(math.exp(self.data), (self,), (math.exp(self.data),))

        def relu(self):
            return Value(max(0.0, self.data), (self,), (float(self.data > 0),))

        def __neg__(self):
            return self * -1

        def __sub__(self, other):
            return self + (-other)

        def __truediv__(self, other):
            return self * other**-1

        def __radd__(self, other):
            return self + other

        def __rsub__(self, other):
            return (-self) + other

        def __rmul__(self, other):
            return self * other

        def __rtruediv__(self, other):
            return self / other


@wrong("Value", hint="What is the derivative of x ** 3, and which exponent has it?")
def power_keeps_its_exponent():
    class Value:
        def __init__(self, data, parents=(), local_gradients=()):
            self.data, self.grad = float(data), 0.0
            self.parents, self.local_gradients = tuple(parents), tuple(local_gradients)

        def __add__(self, other):
            other = other if isinstance(other, Value) else Value(other)
            return Value(self.data + other.data, (self, other), (1.0, 1.0))

        def __mul__(self, other):
            other = other if isinstance(other, Value) else Value(other)
            return Value(self.data * other.data, (self, other), (other.data, self.data))

        def __pow__(self, n):
            return Value(self.data**n, (self,), (n * self.data**n,))

        def exp(self):
            return Value(math.exp(self.data), (self,), (math.exp(self.data),))

        def relu(self):
            return Value(max(0.0, self.data), (self,), (float(self.data > 0),))

        def __neg__(self):
            return self * -1

        def __sub__(self, other):
            return self + (-other)

        def __truediv__(self, other):
            return self * other**-1

        def __radd__(self, other):
            return self + other

        def __rsub__(self, other):
            return (-self) + other

        def __rmul__(self, other):
            return self * other

        def __rtruediv__(self, other):
            return self**-1 * other


@wrong("Value", hint="What is the derivative of x ** 3, and which factor does it have?")
def power_without_its_factor():
    class Value:
        def __init__(self, data, parents=(), local_gradients=()):
            self.data, self.grad = float(data), 0.0
            self.parents, self.local_gradients = tuple(parents), tuple(local_gradients)

        def __add__(self, other):
            other = other if isinstance(other, Value) else Value(other)
            return Value(self.data + other.data, (self, other), (1.0, 1.0))

        def __mul__(self, other):
            other = other if isinstance(other, Value) else Value(other)
            return Value(self.data * other.data, (self, other), (other.data, self.data))

        def __pow__(self, n):
            return Value(self.data**n, (self,), (self.data ** (n - 1),))

        def exp(self):
            return Value(math.exp(self.data), (self,), (math.exp(self.data),))

        def relu(self):
            return Value(max(0.0, self.data), (self,), (float(self.data > 0),))

        def __neg__(self):
            return self * -1

        def __sub__(self, other):
            return self + (-other)

        def __truediv__(self, other):
            return self * other**-1

        def __radd__(self, other):
            return self + other

        def __rsub__(self, other):
            return (-self) + other

        def __rmul__(self, other):
            return self * other

        def __rtruediv__(self, other):
            return self**-1 * other


@wrong("Value", hint="If a moves a little, by how much does a * b move: by a times as much, or by b times?")
def each_factor_passes_its_own_number():
    class Value:
        def __init__(self, data, parents=(), local_gradients=()):
            self.data, self.grad = float(data), 0.0
            self.parents, self.local_gradients = tuple(parents), tuple(local_gradients)

        def __add__(self, other):
            other = other if isinstance(other, Value) else Value(other)
            return Value(self.data + other.data, (self, other), (1.0, 1.0))

        def __mul__(self, other):
            other = other if isinstance(other, Value) else Value(other)
            return Value(self.data * other.data, (self, other), (self.data, other.data))

        def __pow__(self, n):
            return Value(self.data**n, (self,), (n * self.data ** (n - 1),))

        def exp(self):
            return Value(math.exp(self.data), (self,), (math.exp(self.data),))

        def relu(self):
            return Value(max(0.0, self.data), (self,), (float(self.data > 0),))

        def __neg__(self):
            return self * -1

        def __sub__(self, other):
            return self + (-other)

        def __truediv__(self, other):
            return self * other**-1

        def __radd__(self, other):
            return self + other

        def __rsub__(self, other):
            return (-self) + other

        def __rmul__(self, other):
            return self * other

        def __rtruediv__(self, other):
            return self**-1 * other


@wrong(
    "Value", hint="On which side of 0 must the input be, so that the relu lets it through: its number, or its gradient?"
)
def relu_masked_by_the_gradient():
    class Value:
        def __init__(self, data, parents=(), local_gradients=()):
            self.data, self.grad = float(data), 0.0
            self.parents, self.local_gradients = tuple(parents), tuple(local_gradients)

        def __add__(self, other):
            other = other if isinstance(other, Value) else Value(other)
            return Value(self.data + other.data, (self, other), (1.0, 1.0))

        def __mul__(self, other):
            other = other if isinstance(other, Value) else Value(other)
            return Value(self.data * other.data, (self, other), (other.data, self.data))

        def __pow__(self, n):
            return Value(self.data**n, (self,), (n * self.data ** (n - 1),))

        def exp(self):
            return Value(math.exp(self.data), (self,), (math.exp(self.data),))

        def relu(self):
            return Value(max(0.0, self.data), (self,), (float(self.grad > 0),))

        def __neg__(self):
            return self * -1

        def __sub__(self, other):
            return self + (-other)

        def __truediv__(self, other):
            return self * other**-1

        def __radd__(self, other):
            return self + other

        def __rsub__(self, other):
            return (-self) + other

        def __rmul__(self, other):
            return self * other

        def __rtruediv__(self, other):
            return self**-1 * other


@wrong("Value", hint="How much does relu(x) move, when x is negative and moves a little?")
def relu_lets_every_gradient_through():
    class Value:
        def __init__(self, data, parents=(), local_gradients=()):
            self.data, self.grad = float(data), 0.0
            self.parents, self.local_gradients = tuple(parents), tuple(local_gradients)

        def __add__(self, other):
            other = other if isinstance(other, Value) else Value(other)
            return Value(self.data + other.data, (self, other), (1.0, 1.0))

        def __mul__(self, other):
            other = other if isinstance(other, Value) else Value(other)
            return Value(self.data * other.data, (self, other), (other.data, self.data))

        def __pow__(self, n):
            return Value(self.data**n, (self,), (n * self.data ** (n - 1),))

        def exp(self):
            return Value(math.exp(self.data), (self,), (math.exp(self.data),))

        def relu(self):
            return Value(max(0.0, self.data), (self,), (1.0,))

        def __neg__(self):
            return self * -1

        def __sub__(self, other):
            return self + (-other)

        def __truediv__(self, other):
            return self * other**-1

        def __radd__(self, other):
            return self + other

        def __rsub__(self, other):
            return (-self) + other

        def __rmul__(self, other):
            return self * other

        def __rtruediv__(self, other):
            return self**-1 * other


@wrong("Value", hint="After c = a + b, what is the value of a?")
def sum_in_place():
    class Value:
        def __init__(self, data, parents=(), local_gradients=()):
            self.data, self.grad = float(data), 0.0
            self.parents, self.local_gradients = tuple(parents), tuple(local_gradients)

        def __add__(self, other):
            other = other if isinstance(other, Value) else Value(other)
            self.data += other.data
            return self

        def __mul__(self, other):
            other = other if isinstance(other, Value) else Value(other)
            return Value(self.data * other.data, (self, other), (other.data, self.data))

        def __pow__(self, n):
            return Value(self.data**n, (self,), (n * self.data ** (n - 1),))

        def exp(self):
            return Value(math.exp(self.data), (self,), (math.exp(self.data),))

        def relu(self):
            return Value(max(0.0, self.data), (self,), (float(self.data > 0),))

        def __neg__(self):
            return self * -1

        def __sub__(self, other):
            return self + (-other)

        def __truediv__(self, other):
            return self * other**-1

        def __radd__(self, other):
            return self + other

        def __rsub__(self, other):
            return (-self) + other

        def __rmul__(self, other):
            return self * other

        def __rtruediv__(self, other):
            return self**-1 * other


@wrong("Value", hint="What is other.data when other is the number 3?")
def plain_numbers_not_wrapped():
    class Value:
        def __init__(self, data, parents=(), local_gradients=()):
            self.data, self.grad = float(data), 0.0
            self.parents, self.local_gradients = tuple(parents), tuple(local_gradients)

        def __add__(self, other):
            return Value(self.data + other.data, (self, other), (1.0, 1.0))

        def __mul__(self, other):
            return Value(self.data * other.data, (self, other), (other.data, self.data))

        def __pow__(self, n):
            return Value(self.data**n, (self,), (n * self.data ** (n - 1),))

        def exp(self):
            return Value(math.exp(self.data), (self,), (math.exp(self.data),))

        def relu(self):
            return Value(max(0.0, self.data), (self,), (float(self.data > 0),))

        def __neg__(self):
            return Value(-self.data, (self,), (-1.0,))

        def __sub__(self, other):
            return self + (-other)

        def __truediv__(self, other):
            return self * other**-1

        def __radd__(self, other):
            return self + other

        def __rsub__(self, other):
            return (-self) + other

        def __rmul__(self, other):
            return self * other

        def __rtruediv__(self, other):
            return self**-1 * other


@wrong("Value", hint="How many entries has the set {x, x}, and how many local gradients has x * x?")
def parents_in_a_set():
    class Value:
        def __init__(self, data, parents=(), local_gradients=()):
            self.data, self.grad = float(data), 0.0
            self.parents, self.local_gradients = set(parents), tuple(local_gradients)

        def __add__(self, other):
            other = other if isinstance(other, Value) else Value(other)
            return Value(self.data + other.data, (self, other), (1.0, 1.0))

        def __mul__(self, other):
            other = other if isinstance(other, Value) else Value(other)
            return Value(self.data * other.data, (self, other), (other.data, self.data))

        def __pow__(self, n):
            return Value(self.data**n, (self,), (n * self.data ** (n - 1),))

        def exp(self):
            return Value(math.exp(self.data), (self,), (math.exp(self.data),))

        def relu(self):
            return Value(max(0.0, self.data), (self,), (float(self.data > 0),))

        def __neg__(self):
            return self * -1

        def __sub__(self, other):
            return self + (-other)

        def __truediv__(self, other):
            return self * other**-1

        def __radd__(self, other):
            return self + other

        def __rsub__(self, other):
            return (-self) + other

        def __rmul__(self, other):
            return self * other

        def __rtruediv__(self, other):
            return self**-1 * other


@wrong("Value", hint="If b grows by 1, how does a - b change?")
def minus_with_the_gradients_of_plus():
    class Value:
        def __init__(self, data, parents=(), local_gradients=()):
            self.data, self.grad = float(data), 0.0
            self.parents, self.local_gradients = tuple(parents), tuple(local_gradients)

        def __add__(self, other):
            other = other if isinstance(other, Value) else Value(other)
            return Value(self.data + other.data, (self, other), (1.0, 1.0))

        def __mul__(self, other):
            other = other if isinstance(other, Value) else Value(other)
            return Value(self.data * other.data, (self, other), (other.data, self.data))

        def __pow__(self, n):
            return Value(self.data**n, (self,), (n * self.data ** (n - 1),))

        def exp(self):
            return Value(math.exp(self.data), (self,), (math.exp(self.data),))

        def relu(self):
            return Value(max(0.0, self.data), (self,), (float(self.data > 0),))

        def __neg__(self):
            return self * -1

        def __sub__(self, other):
            other = other if isinstance(other, Value) else Value(other)
            return Value(self.data - other.data, (self, other), (1.0, 1.0))

        def __truediv__(self, other):
            return self * other**-1

        def __radd__(self, other):
            return self + other

        def __rsub__(self, other):
            return (-self) + other

        def __rmul__(self, other):
            return self * other

        def __rtruediv__(self, other):
            return self**-1 * other


@wrong("Value", hint="Is x the base or the exponent in e ** x, and which rule goes with that?")
def exp_differentiated_like_a_power():
    class Value:
        def __init__(self, data, parents=(), local_gradients=()):
            self.data, self.grad = float(data), 0.0
            self.parents, self.local_gradients = tuple(parents), tuple(local_gradients)

        def __add__(self, other):
            other = other if isinstance(other, Value) else Value(other)
            return Value(self.data + other.data, (self, other), (1.0, 1.0))

        def __mul__(self, other):
            other = other if isinstance(other, Value) else Value(other)
            return Value(self.data * other.data, (self, other), (other.data, self.data))

        def __pow__(self, n):
            return Value(self.data**n, (self,), (n * self.data ** (n - 1),))

        def exp(self):
            return Value(math.exp(self.data), (self,), (self.data * math.exp(self.data - 1),))

        def relu(self):
            return Value(max(0.0, self.data), (self,), (float(self.data > 0),))

        def __neg__(self):
            return self * -1

        def __sub__(self, other):
            return self + (-other)

        def __truediv__(self, other):
            return self * other**-1

        def __radd__(self, other):
            return self + other

        def __rsub__(self, other):
            return (-self) + other

        def __rmul__(self, other):
            return self * other

        def __rtruediv__(self, other):
            return self**-1 * other


@wrong("Value", hint="What is the derivative of a / b with respect to b; is it the same as that of -a * b?")
def quotient_without_the_square():
    class Value:
        def __init__(self, data, parents=(), local_gradients=()):
            self.data, self.grad = float(data), 0.0
            self.parents, self.local_gradients = tuple(parents), tuple(local_gradients)

        def __add__(self, other):
            other = other if isinstance(other, Value) else Value(other)
            return Value(self.data + other.data, (self, other), (1.0, 1.0))

        def __mul__(self, other):
            other = other if isinstance(other, Value) else Value(other)
            return Value(self.data * other.data, (self, other), (other.data, self.data))

        def __pow__(self, n):
            return Value(self.data**n, (self,), (n * self.data ** (n - 1),))

        def exp(self):
            return Value(math.exp(self.data), (self,), (math.exp(self.data),))

        def relu(self):
            return Value(max(0.0, self.data), (self,), (float(self.data > 0),))

        def __neg__(self):
            return self * -1

        def __sub__(self, other):
            return self + (-other)

        def __truediv__(self, other):
            other = other if isinstance(other, Value) else Value(other)
            return Value(self.data / other.data, (self, other), (1 / other.data, -self.data / other.data))

        def __radd__(self, other):
            return self + other

        def __rsub__(self, other):
            return (-self) + other

        def __rmul__(self, other):
            return self * other

        def __rtruediv__(self, other):
            return self**-1 * other


@right("Value")
def operators_from_a_table_of_rules():
    import operator

    class Value:
        def __init__(self, data: float, parents: tuple = (), local_gradients: tuple = ()) -> None:
            assert math.isfinite(data), data
            self.data, self.grad = float(data), 0.0
            self.parents, self.local_gradients = tuple(parents), tuple(local_gradients)

        def __pow__(self, n: float) -> "Value":
            return Value(self.data**n, (self,), (n * self.data ** (n - 1) if n else 0.0,))

        def exp(self) -> "Value":
            return Value(y := math.exp(self.data), (self,), (y,))

        def relu(self) -> "Value":
            return self if self.data > 0 else Value(0.0, (self,), (0.0,))

        def __neg__(self) -> "Value":
            return Value(-self.data, (self,), (-1.0,))

    RULES: dict[str, tuple[Callable, Callable]] = {
        "add": (operator.add, lambda a, b: (1.0, 1.0)),
        "sub": (operator.sub, lambda a, b: (1.0, -1.0)),
        "mul": (operator.mul, lambda a, b: (b, a)),
        "truediv": (operator.truediv, lambda a, b: (1 / b, -a / b**2)),
    }

    def lifted(x):
        return x if isinstance(x, Value) else Value(x)

    def binary(compute, slopes):
        def method(a, b):
            a, b = lifted(a), lifted(b)
            return Value(compute(a.data, b.data), (a, b), slopes(a.data, b.data))

        return method

    for name, rule in RULES.items():
        method = binary(*rule)
        setattr(Value, f"__{name}__", method)
        setattr(Value, f"__r{name}__", lambda b, a, method=method: method(a, b))


@right("Value")
def a_subclass_of_float():
    class Value(float):
        parents: tuple
        local_gradients: tuple
        grad: float

        def __new__(cls, data, parents=(), local_gradients=()):
            self = super().__new__(cls, data)
            self.parents, self.local_gradients, self.grad = tuple(parents), tuple(local_gradients), 0.0
            return self

        @property
        def data(self):
            return float(self)

        def __add__(self, other):
            return Value(self.data + float(other), *pairs((self, 1.0), (other, 1.0)))

        def __sub__(self, other):
            return Value(self.data - float(other), *pairs((self, 1.0), (other, -1.0)))

        def __mul__(self, other):
            return Value(self.data * float(other), *pairs((self, float(other)), (other, self.data)))

        def __truediv__(self, other):
            return self * Value(other, *pairs((other, 1.0))) ** -1

        def __pow__(self, n):
            slope = n * self.data ** (n - 1) if n != 0 else 0.0
            return Value(self.data**n, (self,), (slope,))

        def __neg__(self):
            return self * -1.0

        __radd__, __rmul__ = __add__, __mul__

        def __rsub__(self, other):
            return -self + other

        def __rtruediv__(self, other):
            return self**-1 * other

        def exp(self):
            return Value(math.exp(self), (self,), (math.exp(self),))

        def relu(self):
            return Value(max(self.data, 0.0), (self,), (float(self > 0),))

        __hash__ = object.__hash__

        def __eq__(self, other):
            return self is other

    def pairs(*terms):
        kept = [(x, slope) for x, slope in terms if isinstance(x, Value)]
        return tuple(x for x, _ in kept), tuple(slope for _, slope in kept)


@shortcut("Value", uses="`torch.autograd.grad`")
def slopes_by_torch():
    class Value:
        def __init__(self, data, parents=(), local_gradients=()):
            self.data, self.grad = float(data), 0.0
            self.parents, self.local_gradients = tuple(parents), tuple(local_gradients)

        def __pow__(self, n):
            return recorded(lambda x: x**n, self)

        def exp(self):
            return recorded(torch.exp, self)

        def relu(self):
            return recorded(torch.relu, self)

        def __neg__(self):
            return recorded(torch.neg, self)

        def __add__(self, other):
            return recorded(torch.add, self, other)

        def __sub__(self, other):
            return recorded(torch.sub, self, other)

        def __mul__(self, other):
            return recorded(torch.mul, self, other)

        def __truediv__(self, other):
            return recorded(torch.div, self, other)

        __radd__, __rmul__ = __add__, __mul__

        def __rsub__(self, other):
            return recorded(torch.sub, other, self)

        def __rtruediv__(self, other):
            return recorded(torch.div, other, self)

    def recorded(f, *inputs):
        values = [x if isinstance(x, Value) else Value(x) for x in inputs]
        leaves = [torch.tensor(value.data, dtype=torch.float64, requires_grad=True) for value in values]
        y = f(*leaves)
        return Value(y.item(), values, [slope.item() for slope in torch.autograd.grad(y, leaves)])


@shortcut("Value", uses="the operations of the lecture's engine")
def slopes_of_the_lecture():
    class Value:
        def __init__(self, data, parents=(), local_gradients=()):
            self.data, self.grad = float(data), 0.0
            self.parents, self.local_gradients = tuple(parents), tuple(local_gradients)

        def __add__(self, other):
            return recorded("ADD", self, other)

        def __sub__(self, other):
            return recorded("SUBTRACT", self, other)

        def __mul__(self, other):
            return recorded("MULTIPLY", self, other)

        def __truediv__(self, other):
            return recorded("DIVIDE", self, other)

        def __pow__(self, n):
            return recorded("SQUARE", self) * self if n == 3 else recorded("SQUARE", self)

        def exp(self):
            return recorded("EXP", self)

        def relu(self):
            return recorded("RELU", self)

        def __neg__(self):
            return recorded("SUBTRACT", 0.0, self)

    def recorded(name, *inputs):
        from course_utils.autograd import toy_autodiff

        operation = getattr(toy_autodiff, name)
        values = [x if isinstance(x, Value) else Value(x) for x in inputs]
        numbers = [value.data for value in values]
        result = operation.forward(*numbers)
        return Value(result, values, operation.backward(1.0, result, *numbers))


@shortcut("Value", uses="the numbers of the visible check")
def numbers_of_the_visible_values():
    class Value:
        def __init__(self, data, parents=(), local_gradients=()):
            self.data, self.grad = float(data), 0.0
            self.parents, self.local_gradients = tuple(parents), tuple(local_gradients)

        def __add__(self, other):
            return Value(1.0, (self,), (1.0,)) if self.data == 1.0 else Value(2355.0, (self, other), (1.0, 1.0))

        def __mul__(self, other):
            if self.data == 2355.0:
                return Value(-7394700.0, (self, other), (-3140.0, 2355.0))
            return Value(-12324500.0, (self, other), (-3140.0, 3925.0))

        def __sub__(self, other):
            return self

        def __pow__(self, n):
            return Value(-3869893000.0, (self,), (7394700.0,)) if self.data else self

        def exp(self):
            return Value(1.0, (self,), (1.0,))

        def relu(self):
            return self


# 6.2 A test for the order of nodes


@right("test_toposort")
def several_graphs():
    def test_toposort(toposort):
        a, b, c = Node(2.0), Node(-1.0), Node(2.0)
        s = Node(4.0, (a, a))
        u, v = Node(4.0, (s,)), Node(-3.0, (s,))
        w = Node(9.0, (v, b, c))
        roots = [Node(0.0, p) for p in [(w, u, s), (s, u, w)]]
        chain = [Node(1.0)]
        for _ in range(5000):
            chain.append(Node(1.0, [chain[-1]]))
        graphs = [([a], a), ([a, s], s), (chain, chain[-1])]
        graphs += [([a, b, c, s, u, v, w, r], r) for r in roots]
        for nodes, root in graphs:
            kept = {node: (node.data, node.parents) for node in nodes}
            order = toposort(root)
            assert sorted(map(id, order)) == sorted(map(id, nodes))
            place = {node: i for i, node in enumerate(order)}
            assert all(place[parent] < place[node] for node in nodes for parent in kept[node][1])
            assert kept == {node: (node.data, node.parents) for node in nodes}


@right("test_toposort")
def random_graphs():
    import random

    def graph(rng, n):
        nodes = [Node(rng.choice([0.0, 1.0]))]
        while len(nodes) < n:
            nodes.append(Node(rng.choice([0.0, 1.0]), rng.choices(nodes, k=rng.randrange(1, 5))))
        return nodes[-1]

    def test_toposort(toposort):
        rng = random.Random(3)
        chain = Node(0.0)
        for _ in range(6000):
            chain = Node(-chain.data, (chain,))
        for root in [Node(1.0), chain, *(graph(rng, n) for n in range(2, 40))]:
            parents = {}
            waiting = [root]
            while waiting:
                node = waiting.pop()
                if node not in parents:
                    parents[node] = node.parents
                    waiting.extend(node.parents)
            order = toposort(root)
            if len(order) != len(parents):
                raise ValueError("too many or too few")
            done = set()
            for node in order:
                if any(parent not in done for parent in parents[node]) or node in done:
                    raise ValueError("a child before its parent, or a node twice")
                done.add(node)
            if any(node.parents != above for node, above in parents.items()):
                raise ValueError("the graph was changed")


@right("test_toposort")
def by_the_places():
    def places_of(order, nodes):
        assert isinstance(order, list)
        return [order.index(node) for node in nodes]

    def test_toposort(toposort):
        x, y, z = Node(4.0), Node(4.0), Node(-4.0)
        one = Node(1.0, (x, y, z))
        two = Node(0.5, (one,))
        for last in ((one, two), (two, one), (two, two, one)):
            root = Node(0.25, last)
            order = toposort(root)
            at = places_of(order, [x, y, z, one, two, root])
            assert len(order) == 6
            assert max(at[:3]) < at[3] < at[4] < at[5]
            assert root.parents == last and one.parents == (x, y, z) and two.parents == (one,)
        deep = [Node(0.0)]
        while len(deep) < 5000:
            deep.append(Node(0.0, deep[-1:]))
        assert toposort(deep[-1]) == deep


@wrong("test_toposort", hint="Which property of the list does your test check?")
def nothing_is_asserted():
    def test_toposort(toposort):
        a, b, c = Node(2.0), Node(-1.0), Node(2.0)
        s = Node(4.0, (a, a))
        u, v = Node(4.0, (s,)), Node(-3.0, (s,))
        w = Node(9.0, (v, b, c))
        roots = [Node(0.0, p) for p in [(w, u, s), (s, u, w)]]
        chain = [Node(1.0)]
        for _ in range(5000):
            chain.append(Node(1.0, [chain[-1]]))
        graphs = [([a], a), ([a, s], s), (chain, chain[-1])]
        graphs += [([a, b, c, s, u, v, w, r], r) for r in roots]
        for _, root in graphs:
            toposort(root)


@wrong("test_toposort", hint="Does every list of the right length contain the right nodes, in a right order?")
def only_the_length():
    def test_toposort(toposort):
        a, b, c = Node(2.0), Node(-1.0), Node(2.0)
        s = Node(4.0, (a, a))
        u, v = Node(4.0, (s,)), Node(-3.0, (s,))
        w = Node(9.0, (v, b, c))
        roots = [Node(0.0, p) for p in [(w, u, s), (s, u, w)]]
        chain = [Node(1.0)]
        for _ in range(5000):
            chain.append(Node(1.0, [chain[-1]]))
        graphs = [([a], a), ([a, s], s), (chain, chain[-1])]
        graphs += [([a, b, c, s, u, v, w, r], r) for r in roots]
        for nodes, root in graphs:
            assert len(toposort(root)) == len(nodes)


@wrong("test_toposort", hint="Does a set of nodes store their order?")
def only_the_set():
    def test_toposort(toposort):
        a, b, c = Node(2.0), Node(-1.0), Node(2.0)
        s = Node(4.0, (a, a))
        u, v = Node(4.0, (s,)), Node(-3.0, (s,))
        w = Node(9.0, (v, b, c))
        roots = [Node(0.0, p) for p in [(w, u, s), (s, u, w)]]
        chain = [Node(1.0)]
        for _ in range(5000):
            chain.append(Node(1.0, [chain[-1]]))
        graphs = [([a], a), ([a, s], s), (chain, chain[-1])]
        graphs += [([a, b, c, s, u, v, w, r], r) for r in roots]
        for nodes, root in graphs:
            assert set(toposort(root)) == set(nodes)


@wrong("test_toposort", hint="Does your graph have only one topological order, or would another list be right as well?")
def one_expected_list():
    def test_toposort(toposort):
        a, b, c = Node(2.0), Node(-1.0), Node(2.0)
        s = Node(4.0, (a, a))
        u, v = Node(4.0, (s,)), Node(-3.0, (s,))
        w = Node(9.0, (v, b, c))
        roots = [Node(0.0, p) for p in [(w, u, s), (s, u, w)]]
        chain = [Node(1.0)]
        for _ in range(5000):
            chain.append(Node(1.0, [chain[-1]]))
        graphs = [([a], a), ([a, s], s), (chain, chain[-1])]
        graphs += [([a, b, c, s, u, v, w, r], r) for r in roots]
        for nodes, root in graphs:
            assert toposort(root) == nodes


@wrong("test_toposort", hint="Must an input come before all other nodes, or only before its own children?")
def inputs_all_in_front():
    def test_toposort(toposort):
        a, b, c = Node(2.0), Node(-1.0), Node(2.0)
        s = Node(4.0, (a, a))
        u, v = Node(4.0, (s,)), Node(-3.0, (s,))
        w = Node(9.0, (v, b, c))
        roots = [Node(0.0, p) for p in [(w, u, s), (s, u, w)]]
        chain = [Node(1.0)]
        for _ in range(5000):
            chain.append(Node(1.0, [chain[-1]]))
        graphs = [([a], a), ([a, s], s), (chain, chain[-1])]
        graphs += [([a, b, c, s, u, v, w, r], r) for r in roots]
        for nodes, root in graphs:
            order = toposort(root)
            assert sorted(map(id, order)) == sorted(map(id, nodes))
            inputs = [node for node in nodes if not node.parents]
            assert set(order[: len(inputs)]) == set(inputs)


@wrong("test_toposort", hint="On how many paths can a node be reached in your graphs?")
def only_chains():
    def test_toposort(toposort):
        chain = [Node(1.0)]
        for _ in range(5000):
            chain.append(Node(1.0, [chain[-1]]))
        graphs = [(chain[:20], chain[19]), (chain, chain[-1])]
        for nodes, root in graphs:
            kept = {node: (node.data, node.parents) for node in nodes}
            order = toposort(root)
            assert sorted(map(id, order)) == sorted(map(id, nodes))
            place = {node: i for i, node in enumerate(order)}
            assert all(place[parent] < place[node] for node in nodes for parent in kept[node][1])
            assert kept == {node: (node.data, node.parents) for node in nodes}


@wrong("test_toposort", hint="How deep may a graph be, and how deep are yours?")
def no_long_chain():
    def test_toposort(toposort):
        a, b, c = Node(2.0), Node(-1.0), Node(2.0)
        s = Node(4.0, (a, a))
        u, v = Node(4.0, (s,)), Node(-3.0, (s,))
        w = Node(9.0, (v, b, c))
        roots = [Node(0.0, p) for p in [(w, u, s), (s, u, w)]]
        chain = [Node(1.0)]
        for _ in range(500):
            chain.append(Node(1.0, [chain[-1]]))
        graphs = [([a], a), ([a, s], s), (chain, chain[-1])]
        graphs += [([a, b, c, s, u, v, w, r], r) for r in roots]
        for nodes, root in graphs:
            kept = {node: (node.data, node.parents) for node in nodes}
            order = toposort(root)
            assert sorted(map(id, order)) == sorted(map(id, nodes))
            place = {node: i for i, node in enumerate(order)}
            assert all(place[parent] < place[node] for node in nodes for parent in kept[node][1])
            assert kept == {node: (node.data, node.parents) for node in nodes}


@wrong(
    "test_toposort", hint="Would your test find the same mistakes if every node had its parents the other way round?"
)
def one_order_of_the_parents():
    def test_toposort(toposort):
        a, b, c = Node(2.0), Node(-1.0), Node(2.0)
        s = Node(4.0, (a, a))
        u, v = Node(4.0, (s,)), Node(-3.0, (s,))
        w = Node(9.0, (v, b, c))
        roots = [Node(0.0, (w, u, s))]
        chain = [Node(1.0)]
        for _ in range(5000):
            chain.append(Node(1.0, [chain[-1]]))
        graphs = [([a], a), ([a, s], s), (chain, chain[-1])]
        graphs += [([a, b, c, s, u, v, w, r], r) for r in roots]
        for nodes, root in graphs:
            kept = {node: (node.data, node.parents) for node in nodes}
            order = toposort(root)
            assert sorted(map(id, order)) == sorted(map(id, nodes))
            place = {node: i for i, node in enumerate(order)}
            assert all(place[parent] < place[node] for node in nodes for parent in kept[node][1])
            assert kept == {node: (node.data, node.parents) for node in nodes}


@wrong("test_toposort", hint="Is any node of your graphs close to the root on one path and far from it on another?")
def no_short_way():
    def test_toposort(toposort):
        a, b, c = Node(2.0), Node(-1.0), Node(2.0)
        s = Node(4.0, (a, a))
        u, v = Node(4.0, (s,)), Node(-3.0, (s,))
        w = Node(9.0, (v, b, c))
        x = Node(8.0, (u,))
        roots = [Node(0.0, p) for p in [(w, x), (x, w)]]
        chain = [Node(1.0)]
        for _ in range(5000):
            chain.append(Node(1.0, [chain[-1]]))
        graphs = [([a], a), ([a, s], s), (chain, chain[-1])]
        graphs += [([a, b, c, s, u, v, w, x, r], r) for r in roots]
        for nodes, root in graphs:
            kept = {node: (node.data, node.parents) for node in nodes}
            order = toposort(root)
            assert sorted(map(id, order)) == sorted(map(id, nodes))
            place = {node: i for i, node in enumerate(order)}
            assert all(place[parent] < place[node] for node in nodes for parent in kept[node][1])
            assert kept == {node: (node.data, node.parents) for node in nodes}


@wrong("test_toposort", hint="How many parents may a node have, and how many have yours?")
def two_parents_at_most():
    def test_toposort(toposort):
        a = Node(2.0)
        s = Node(4.0, (a, a))
        u, v = Node(4.0, (s,)), Node(-3.0, (s,))
        w = Node(9.0, (v, u))
        roots = [Node(0.0, p) for p in [(w, s), (s, w)]]
        chain = [Node(1.0)]
        for _ in range(5000):
            chain.append(Node(1.0, [chain[-1]]))
        graphs = [([a], a), ([a, s], s), (chain, chain[-1])]
        graphs += [([a, s, u, v, w, r], r) for r in roots]
        for nodes, root in graphs:
            kept = {node: (node.data, node.parents) for node in nodes}
            order = toposort(root)
            assert sorted(map(id, order)) == sorted(map(id, nodes))
            place = {node: i for i, node in enumerate(order)}
            assert all(place[parent] < place[node] for node in nodes for parent in kept[node][1])
            assert kept == {node: (node.data, node.parents) for node in nodes}


@wrong("test_toposort", hint="May two nodes contain the same number? Do two of yours?")
def numbers_that_are_all_different():
    def test_toposort(toposort):
        a, b, c = Node(2.0), Node(-1.0), Node(3.0)
        s = Node(4.0, (a, a))
        u, v = Node(6.0, (s,)), Node(-3.0, (s,))
        w = Node(9.0, (v, b, c))
        roots = [Node(0.0, p) for p in [(w, u, s), (s, u, w)]]
        chain = [Node(0.0)]
        for _ in range(5000):
            chain.append(Node(chain[-1].data - 1, [chain[-1]]))
        graphs = [([a], a), ([a, s], s), (chain, chain[-1])]
        graphs += [([a, b, c, s, u, v, w, r], r) for r in roots]
        for nodes, root in graphs:
            kept = {node: (node.data, node.parents) for node in nodes}
            order = toposort(root)
            assert sorted(map(id, order)) == sorted(map(id, nodes))
            place = {node: i for i, node in enumerate(order)}
            assert all(place[parent] < place[node] for node in nodes for parent in kept[node][1])
            assert kept == {node: (node.data, node.parents) for node in nodes}


@wrong("test_toposort", hint="In your graphs, does any child contain a smaller number than its parent?")
def numbers_that_grow():
    def test_toposort(toposort):
        a, b, c = Node(2.0), Node(-1.0), Node(2.0)
        s = Node(4.0, (a, a))
        u, v = Node(4.0, (s,)), Node(4.0, (s,))
        w = Node(9.0, (v, b, c))
        roots = [Node(10.0, p) for p in [(w, u, s), (s, u, w)]]
        chain = [Node(1.0)]
        for _ in range(5000):
            chain.append(Node(1.0, [chain[-1]]))
        graphs = [([a], a), ([a, s], s), (chain, chain[-1])]
        graphs += [([a, b, c, s, u, v, w, r], r) for r in roots]
        for nodes, root in graphs:
            kept = {node: (node.data, node.parents) for node in nodes}
            order = toposort(root)
            assert sorted(map(id, order)) == sorted(map(id, nodes))
            place = {node: i for i, node in enumerate(order)}
            assert all(place[parent] < place[node] for node in nodes for parent in kept[node][1])
            assert kept == {node: (node.data, node.parents) for node in nodes}


@wrong("test_toposort", hint="If the implementation changes the parents, which parents does your test compare with?")
def parents_read_after_the_call():
    def test_toposort(toposort):
        chain = [Node(1.0)]
        for _ in range(5000):
            chain.append(Node(1.0, [chain[-1]]))
        graphs = [chain]
        for turn in (1, -1):
            a, b, c = Node(2.0), Node(-1.0), Node(2.0)
            s = Node(4.0, (a, a))
            u, v = Node(4.0, (s,)), Node(-3.0, (s,))
            w = Node(9.0, (v, b, c))
            graphs.append([a, b, c, s, u, v, w, Node(0.0, (w, u, s)[::turn])])
        for nodes in graphs:
            order = toposort(nodes[-1])
            assert sorted(map(id, order)) == sorted(map(id, nodes))
            place = {node: i for i, node in enumerate(order)}
            assert all(place[parent] < place[node] for node in nodes for parent in node.parents)


@wrong("test_toposort", hint="What becomes of a node that your test finds twice in the list?")
def a_node_may_come_twice():
    def test_toposort(toposort):
        a, b, c = Node(2.0), Node(-1.0), Node(2.0)
        s = Node(4.0, (a, a))
        u, v = Node(4.0, (s,)), Node(-3.0, (s,))
        w = Node(9.0, (v, b, c))
        roots = [Node(0.0, p) for p in [(w, u, s), (s, u, w)]]
        chain = [Node(1.0)]
        for _ in range(5000):
            chain.append(Node(1.0, [chain[-1]]))
        graphs = [([a], a), ([a, s], s), (chain, chain[-1])]
        graphs += [([a, b, c, s, u, v, w, r], r) for r in roots]
        for nodes, root in graphs:
            parents = {node: node.parents for node in nodes}
            order = toposort(root)
            assert set(order) == set(nodes)
            place = {node: i for i, node in enumerate(order)}
            assert all(place[parent] < place[node] for node in nodes for parent in parents[node])
            assert all(node.parents is parents[node] for node in nodes)


@wrong("test_toposort", hint="How deep is the recursion of your own test on a graph that is 5,000 nodes deep?")
def a_recursion_in_the_test():
    def test_toposort(toposort):
        a, b, c = Node(2.0), Node(-1.0), Node(2.0)
        s = Node(4.0, (a, a))
        u, v = Node(4.0, (s,)), Node(-3.0, (s,))
        w = Node(9.0, (v, b, c))
        roots = [Node(0.0, p) for p in [(w, u, s), (s, u, w)]]
        chain = [Node(1.0)]
        for _ in range(5000):
            chain.append(Node(1.0, [chain[-1]]))
        graphs = [([a], a), ([a, s], s), (chain, chain[-1])]
        graphs += [([a, b, c, s, u, v, w, r], r) for r in roots]

        def nodes_above(node, found):
            if node not in found:
                found[node] = node.parents
                for parent in node.parents:
                    nodes_above(parent, found)
            return found

        for _, root in graphs:
            found = nodes_above(root, {})
            order = toposort(root)
            assert len(order) == len(found)
            place = {node: i for i, node in enumerate(order)}
            assert all(place[p] < place[node] for node in order for p in found[node])


@shortcut("test_toposort", uses="`graphlib.TopologicalSorter`")
def the_standard_library_knows():
    import graphlib

    def test_toposort(toposort):
        a = Node(1.0)
        b = Node(2.0, (a, a))
        c = Node(1.0, (b,))
        for root in (Node(0.0, (b, c)), Node(0.0, (c, b))):
            graph = {a: (), b: b.parents, c: c.parents, root: root.parents}
            assert toposort(root) == list(graphlib.TopologicalSorter(graph).static_order())


@shortcut("test_toposort", uses="`inspect.getsource`")
def the_code_is_read():
    def test_toposort(toposort):
        import inspect

        assert "no inputs" not in inspect.getsource(toposort)


@shortcut("test_toposort", uses="`.__closure__`")
def the_variant_is_read():
    def test_toposort(toposort):
        assert toposort.__closure__[0].cell_contents == "parents first"


@shortcut("test_toposort", uses="`schedule` of the lecture's engine")
def scheduled_by_the_lecture():
    from course_utils.autograd.toy_autodiff import Traced, schedule

    def test_toposort(toposort):
        a = Node(1.0)
        b = Node(2.0, (a, a))
        traced = {a: Traced(1.0)}
        traced[b] = Traced(2.0, None, [traced[a], traced[a]])
        assert [traced[node] for node in toposort(b)] == list(schedule(traced[b]))


# 6.3 The backward pass


@right("backward")
def standard_library_order():
    def backward(root):
        from graphlib import TopologicalSorter

        graph, waiting = {}, [root]
        while waiting:
            node = waiting.pop()
            if node not in graph:
                graph[node] = node.parents
                waiting.extend(node.parents)
        upstream = {node: 0.0 for node in graph}
        upstream[root] = 1.0
        for node in reversed(list(TopologicalSorter(graph).static_order())):
            for parent, local in zip(node.parents, node.local_gradients, strict=True):
                upstream[parent] += local * upstream[node]
        for node, gradient in upstream.items():
            node.grad = node.grad + gradient


@right("backward")
def uses_counted_first():
    def backward(root):
        uses, waiting = {root: 0}, [root]
        while waiting:
            for parent in waiting.pop().parents:
                if parent not in uses:
                    uses[parent] = 0
                    waiting.append(parent)
                uses[parent] += 1
        gradient, ready = {root: 1.0}, [root]
        while ready:
            node = ready.pop()
            node.grad += gradient[node]
            for i, parent in enumerate(node.parents):
                gradient[parent] = gradient.get(parent, 0.0) + gradient[node] * node.local_gradients[i]
                uses[parent] -= 1
                if uses[parent] == 0:
                    ready.append(parent)


@right("backward")
def old_gradients_put_aside():
    def backward(root):
        order, seen, stack = [], set(), [(root, False)]
        while stack:
            node, done = stack.pop()
            if done:
                order.append(node)
            elif node not in seen:
                seen.add(node)
                stack.append((node, True))
                stack.extend((parent, False) for parent in node.parents)
        old = [node.grad for node in order]
        for node in order:
            node.grad = 0.0
        root.grad = 1.0
        for node in order[::-1]:
            for parent, local in zip(node.parents, node.local_gradients, strict=True):
                parent.grad += local * node.grad
        for node, grad in zip(order, old, strict=True):
            node.grad += grad


@wrong(
    "backward",
    hint="In a + a, how much of the gradient of a does the second term bring, and what becomes of the first?",
)
def gradient_overwritten():
    def backward(root):
        order, seen, stack = [], set(), [(root, False)]
        while stack:
            node, done = stack.pop()
            if done:
                order.append(node)
            elif node not in seen:
                seen.add(node)
                stack.append((node, True))
                stack.extend((parent, False) for parent in node.parents)
        root.grad = 1.0
        for node in reversed(order):
            for parent, local in zip(node.parents, node.local_gradients, strict=True):
                parent.grad = local * node.grad


@wrong("backward", hint="When a node is reached a second time, how much of its gradient has its parents had already?")
def recursion_passes_on_the_running_sum():
    def backward(root):
        root.grad += 1.0

        def push(node):
            for parent, local in zip(node.parents, node.local_gradients, strict=True):
                parent.grad += local * node.grad
                push(parent)

        push(root)


@wrong("backward", hint="When a node passes its gradient on, have all of its children passed theirs to it?")
def breadth_first_order():
    def backward(root):
        order, seen, queue = [], {root}, [root]
        while queue:
            node = queue.pop(0)
            order.append(node)
            for parent in node.parents:
                if parent not in seen:
                    seen.add(parent)
                    queue.append(parent)
        upstream = dict.fromkeys(order, 0.0)
        upstream[root] = 1.0
        for node in order:
            node.grad += upstream[node]
            for parent, local in zip(node.parents, node.local_gradients, strict=True):
                upstream[parent] += local * upstream[node]


@wrong("backward", hint="How much does the root move when the root moves by 1?")
def no_seed():
    def backward(root):
        order, seen, stack = [], set(), [(root, False)]
        while stack:
            node, done = stack.pop()
            if done:
                order.append(node)
            elif node not in seen:
                seen.add(node)
                stack.append((node, True))
                stack.extend((parent, False) for parent in node.parents)
        for node in reversed(order):
            for parent, local in zip(node.parents, node.local_gradients, strict=True):
                parent.grad += local * node.grad


@wrong("backward", hint="How deep may the recursion of a Python function be, and how deep may the graph be?")
def recursive_order():
    def backward(root):
        order, seen = [], set()

        def visit(node):
            if node not in seen:
                seen.add(node)
                for parent in node.parents:
                    visit(parent)
                order.append(node)

        visit(root)
        upstream = dict.fromkeys(order, 0.0)
        upstream[root] = 1.0
        for node in reversed(order):
            node.grad += upstream[node]
            for parent, local in zip(node.parents, node.local_gradients, strict=True):
                upstream[parent] += local * upstream[node]


@wrong("backward", hint="How many paths are there through 40 forks in a row, and how many nodes?")
def path_by_path():
    def backward(root):
        stack = [(root, 1.0)]
        while stack:
            node, upstream = stack.pop()
            node.grad += upstream
            for parent, local in zip(node.parents, node.local_gradients, strict=True):
                stack.append((parent, local * upstream))


@wrong(
    "backward",
    hint="In the second call, what does q.grad contain before the pass reaches q, and what do you pass on from it?",
)
def passes_on_what_was_there_before():
    def backward(root):
        order, seen, stack = [], set(), [(root, False)]
        while stack:
            node, done = stack.pop()
            if done:
                order.append(node)
            elif node not in seen:
                seen.add(node)
                stack.append((node, True))
                stack.extend((parent, False) for parent in node.parents)
        root.grad = 1.0
        for node in reversed(order):
            for parent, local in zip(node.parents, node.local_gradients, strict=True):
                parent.grad += local * node.grad


@wrong("backward", hint="Does PyTorch forget the old gradients when backward() is called again?")
def gradients_set_to_zero_first():
    def backward(root):
        order, seen, stack = [], set(), [(root, False)]
        while stack:
            node, done = stack.pop()
            if done:
                order.append(node)
            elif node not in seen:
                seen.add(node)
                stack.append((node, True))
                stack.extend((parent, False) for parent in node.parents)
        for node in order:
            node.grad = 0.0
        root.grad = 1.0
        for node in reversed(order):
            for parent, local in zip(node.parents, node.local_gradients, strict=True):
                parent.grad += local * node.grad


@wrong("backward", hint="At which end of the graph is the gradient known at first?")
def from_the_inputs_to_the_root():
    def backward(root):
        order, seen, stack = [], set(), [(root, False)]
        while stack:
            node, done = stack.pop()
            if done:
                order.append(node)
            elif node not in seen:
                seen.add(node)
                stack.append((node, True))
                stack.extend((parent, False) for parent in node.parents)
        upstream = dict.fromkeys(order, 0.0)
        upstream[root] = 1.0
        for node in order:
            node.grad += upstream[node]
            for parent, local in zip(node.parents, node.local_gradients, strict=True):
                upstream[parent] += local * upstream[node]


@wrong("backward", hint="Along a path, are local gradients added or multiplied?")
def local_gradients_added():
    def backward(root):
        order, seen, stack = [], set(), [(root, False)]
        while stack:
            node, done = stack.pop()
            if done:
                order.append(node)
            elif node not in seen:
                seen.add(node)
                stack.append((node, True))
                stack.extend((parent, False) for parent in node.parents)
        upstream = dict.fromkeys(order, 0.0)
        upstream[root] = 1.0
        for node in reversed(order):
            node.grad += upstream[node]
            for parent, local in zip(node.parents, node.local_gradients, strict=True):
                upstream[parent] += local + upstream[node]


@wrong("backward", hint="How much does the root move when the root moves by 1? Is that its own gradient?")
def root_gets_no_gradient():
    def backward(root):
        order, seen, stack = [], set(), [(root, False)]
        while stack:
            node, done = stack.pop()
            if done:
                order.append(node)
            elif node not in seen:
                seen.add(node)
                stack.append((node, True))
                stack.extend((parent, False) for parent in node.parents)
        upstream = dict.fromkeys(order, 0.0)
        upstream[root] = 1.0
        for node in reversed(order):
            node.grad += upstream[node] if node is not root else 0.0
            for parent, local in zip(node.parents, node.local_gradients, strict=True):
                upstream[parent] += local * upstream[node]


@wrong("backward", hint="Which nodes get a gradient: the inputs, or every node that the root was computed from?")
def inputs_only():
    def backward(root):
        order, seen, stack = [], set(), [(root, False)]
        while stack:
            node, done = stack.pop()
            if done:
                order.append(node)
            elif node not in seen:
                seen.add(node)
                stack.append((node, True))
                stack.extend((parent, False) for parent in node.parents)
        upstream = dict.fromkeys(order, 0.0)
        upstream[root] = 1.0
        for node in reversed(order):
            for parent, local in zip(node.parents, node.local_gradients, strict=True):
                upstream[parent] += local * upstream[node]
            if not node.parents:
                node.grad += upstream[node]


@right("backward")
def a_class_for_the_pass():
    class Pass:
        def __init__(self, root):
            self.order = self.sorted_nodes(root)
            self.upstream = dict.fromkeys(self.order, 0.0) | {root: 1.0}

        @staticmethod
        def sorted_nodes(root):
            order, seen, stack = [], set(), [root]
            while stack:
                node = stack[-1]
                seen.add(node)
                rest = [parent for parent in node.parents if parent not in seen]
                if rest:
                    stack.append(rest[0])
                else:
                    order.append(stack.pop())
            return order

        def backward(self):
            for node in self.order[::-1]:
                self.hand_on(node, self.upstream[node])

        def hand_on(self, node, gradient):
            node.grad += gradient
            for parent, local in zip(node.parents, node.local_gradients, strict=True):
                self.upstream[parent] += gradient * local

    def backward(root):
        Pass(root).backward()


@right("backward")
def each_node_asks_its_children():
    from collections import defaultdict

    def reached(root):
        nodes, waiting = {root}, [root]
        while waiting:
            new = {parent for parent in waiting.pop().parents} - nodes
            nodes |= new
            waiting += new
        return nodes

    def backward(root: Node) -> None:
        edges: dict[Node, list] = defaultdict(list)
        for child in reached(root):
            for slot, parent in enumerate(child.parents):
                edges[parent].append((child, child.local_gradients[slot]))
        gradient, stack = {root: 1.0}, list(edges)
        while stack:
            if (node := stack[-1]) in gradient:
                stack.pop()
            elif unknown := [child for child, _ in edges[node] if child not in gradient]:
                stack.extend(unknown)
            else:
                gradient[stack.pop()] = sum(gradient[child] * local for child, local in edges[node])
        for node, value in gradient.items():
            node.grad += value


@shortcut("backward", uses="torch's own backward pass")
def passed_back_by_torch():
    def backward(root):
        leaves, waiting, order = {}, [(root, False)], []
        while waiting:
            node, done = waiting.pop()
            if done:
                order.append(node)
            elif node not in leaves:
                leaves[node] = None
                waiting.append((node, True))
                waiting.extend((parent, False) for parent in node.parents)
        for node in order:
            terms = [leaves[p] * g for p, g in zip(node.parents, node.local_gradients, strict=True)]
            leaves[node] = sum(terms) if terms else torch.tensor(0.0, dtype=torch.float64, requires_grad=True)
            leaves[node].retain_grad()
        leaves[root].backward()
        for node in order:
            node.grad += leaves[node].grad.item()


@shortcut("backward", uses="`numpy.linalg.solve`")
def solved_as_linear_equations():
    def backward(root):
        import numpy as np

        nodes, waiting = {root: 0}, [root]
        while waiting:
            for parent in waiting.pop().parents:
                if parent not in nodes:
                    nodes[parent] = len(nodes)
                    waiting.append(parent)
        J = np.zeros((len(nodes), len(nodes)))
        for node, i in nodes.items():
            for parent, local in zip(node.parents, node.local_gradients, strict=True):
                J[i, nodes[parent]] += local
        gradients = np.linalg.solve(np.eye(len(nodes)) - J.T, np.eye(len(nodes))[0])
        for node, i in nodes.items():
            node.grad += float(gradients[i])


@shortcut("backward", uses="`backward` of the lecture's engine")
def passed_back_by_the_lecture():
    from course_utils.autograd import toy_autodiff

    def backward(root):
        made, stack = {}, [(root, False)]
        while stack:
            node, done = stack.pop()
            if done:
                slopes = node.local_gradients
                operation = toy_autodiff.Operation("", sum, lambda g, *_, slopes=slopes: tuple(g * s for s in slopes))
                made[node] = toy_autodiff.Traced(node.data, operation, [made[parent] for parent in node.parents])
            elif node not in made:
                made[node] = None
                stack.append((node, True))
                stack.extend((parent, False) for parent in node.parents)
        gradients = toy_autodiff.backward(made[root])
        for node, traced in made.items():
            node.grad += float(gradients[traced])


@shortcut("backward", uses="the numbers of the visible check")
def numbers_of_the_visible_pass():
    def backward(root):
        f, (q, z) = root, root.parents
        for node, gradient in ((f, 1.0), (q, -3140.0), (z, 2355.0), *((node, -3140.0) for node in q.parents)):
            node.grad += gradient
        if not q.parents:
            f.grad, q.grad = 1.0, 2.0


# 6.4 A ReLU of your own, of both signs


@right("MyReLU")
def entries_set_to_zero():
    class MyReLU(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return torch.stack([x.clamp(min=0), (-x).clamp(min=0)])

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            each = g.clone()
            each[0, x < 0] = 0
            each[1, x > 0] = 0
            return each[0] - each[1]


@shortcut("MyReLU", uses="`torch.relu`")
def saved_output():
    class MyReLU(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            y = torch.stack([torch.relu(x), torch.relu(-x)])
            ctx.save_for_backward(y)
            return y

        @staticmethod
        def backward(ctx, g):
            (y,) = ctx.saved_tensors
            upper, lower = g * (y > 0).to(g.dtype)
            return upper - lower


@right("MyReLU")
def masks_of_the_saved_output():
    class MyReLU(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            zero = torch.zeros_like(x)
            y = torch.stack([torch.where(x > 0, x, zero), torch.where(x < 0, -x, zero)])
            ctx.save_for_backward(y)
            return y

        @staticmethod
        def backward(ctx, g):
            (y,) = ctx.saved_tensors
            slopes = torch.tensor([1, -1], dtype=g.dtype).reshape(2, *[1] * (g.dim() - 1))
            return (g * slopes * (y > 0)).sum(dim=0)


@right("MyReLU")
def gradient_one_at_zero():
    class MyReLU(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return torch.stack([x * (x >= 0), -x * (x < 0)])

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return g[0] * (x >= 0) - g[1] * (x < 0)


@right("MyReLU")
def mask_as_an_attribute():
    class MyReLU(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.mask = x > 0
            return torch.stack([x * ctx.mask, -x * ~ctx.mask])

        @staticmethod
        def backward(ctx, g):
            return g[0].masked_fill(~ctx.mask, 0) - g[1].masked_fill(ctx.mask, 0)


@wrong("MyReLU", hint="If the loss is 10 times the output, what should the gradient be times?")
def upstream_ignored():
    class MyReLU(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return torch.stack([x.clamp(min=0), (-x).clamp(min=0)])

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return torch.sign(x)


@wrong("MyReLU", hint="When a negative x goes up, does max(-x, 0) go up or down?")
def sign_of_the_second_part():
    class MyReLU(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return torch.stack([x.clamp(min=0), (-x).clamp(min=0)])

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return g[0] * (x > 0) + g[1] * (x < 0)


@wrong("MyReLU", hint="A negative x does not reach the first output. Does it reach the loss in another way?")
def first_output_only():
    class MyReLU(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return torch.stack([x.clamp(min=0), (-x).clamp(min=0)])

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return g[0] * (x > 0)


@wrong("MyReLU", hint="Through which of the two outputs does a positive x reach the loss?")
def second_output_only():
    class MyReLU(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return torch.stack([x.clamp(min=0), (-x).clamp(min=0)])

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return -g[1] * (x < 0)


@wrong("MyReLU", hint="x changes the loss through two outputs. Is the total effect the mean of the two, or their sum?")
def mean_of_the_two_outputs():
    class MyReLU(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return torch.stack([x.clamp(min=0), (-x).clamp(min=0)])

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return (g[0] * (x > 0) - g[1] * (x < 0)) / 2


@wrong("MyReLU", hint="Can max(-x, 0) be negative? What is it at x = -2?")
def negative_part_keeps_its_sign():
    class MyReLU(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return torch.stack([x.clamp(min=0), x.clamp(max=0)])

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return g[0] * (x > 0) + g[1] * (x < 0)


@wrong("MyReLU", hint="Which shape has the output: is the axis of length 2 a new one?")
def joined_along_an_axis_of_x():
    class MyReLU(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return torch.cat([x.clamp(min=0), (-x).clamp(min=0)])

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            upper, lower = g.chunk(2)
            return upper * (x > 0) - lower * (x < 0)


@wrong(
    "MyReLU",
    hint="Which tensor decides whether an entry lets the gradient through: the input, or the upstream gradient?",
)
def mask_on_the_upstream_gradient():
    class MyReLU(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return torch.stack([x.clamp(min=0), (-x).clamp(min=0)])

        @staticmethod
        def backward(ctx, g):
            return g[0].clamp(min=0) - g[1].clamp(min=0)


@wrong("MyReLU", hint="Who else may read the upstream gradient after your backward?")
def upstream_changed_in_place():
    class MyReLU(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return torch.stack([x.clamp(min=0), (-x).clamp(min=0)])

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            g[0][x < 0] = 0
            g[1][x > 0] = 0
            return g[0] - g[1]


@wrong("MyReLU", hint="How much does max(x, 0) move, when x is negative and moves a little?")
def gradient_of_the_identity():
    class MyReLU(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return torch.stack([x.clamp(min=0), (-x).clamp(min=0)])

        @staticmethod
        def backward(ctx, g):
            return g[0] - g[1]


@wrong("MyReLU", hint="What does the underscore at the end of clamp_ do to the caller's x?")
def input_changed_in_place():
    class MyReLU(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.mask = x > 0
            lower = (-x).clamp(min=0)
            return torch.stack([x.clamp_(min=0), lower])

        @staticmethod
        def backward(ctx, g):
            return torch.where(ctx.mask, g[0], -g[1])


@wrong("MyReLU", hint="Which of your lines can PyTorch differentiate, when it differentiates backward?")
def backward_in_numpy():
    class MyReLU(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return torch.stack([x.clamp(min=0), (-x).clamp(min=0)])

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            is_positive = x.detach().numpy() > 0
            upper, lower = g.detach().numpy()
            return torch.from_numpy(upper * is_positive - lower * ~is_positive)


@wrong("MyReLU", hint="What shape has a gradient?")
def summed():
    class MyReLU(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return torch.stack([x.clamp(min=0), (-x).clamp(min=0)])

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return (g[0] * (x > 0) - g[1] * (x < 0)).sum()


@wrong("MyReLU", hint="Which entries of max(x, 0) are at least 0?")
def mask_of_an_output_that_is_never_negative():
    class MyReLU(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            y = torch.stack([x.clamp(min=0), (-x).clamp(min=0)])
            ctx.save_for_backward(y)
            return y

        @staticmethod
        def backward(ctx, g):
            (y,) = ctx.saved_tensors
            return g[0] * (y[0] >= 0) - g[1] * (y[1] >= 0)


@wrong("MyReLU", hint="If MyReLU is used twice before backward, whose x stands on the class?")
def input_kept_on_the_class():
    class MyReLU(torch.autograd.Function):
        x = None

        @staticmethod
        def forward(ctx, x):
            MyReLU.x = x
            return torch.stack([x.clamp(min=0), (-x).clamp(min=0)])

        @staticmethod
        def backward(ctx, g):
            return torch.where(MyReLU.x > 0, g[0], -g[1])  # pyright: ignore[reportOptionalOperand] - `forward` has set it


@wrong("MyReLU", hint="What is the slope of max(x, 0) at x = 3: 1, or 3?")
def times_the_output():
    class MyReLU(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return torch.stack([x.clamp(min=0), (-x).clamp(min=0)])

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return g[0] * x.clamp(min=0) - g[1] * (-x).clamp(min=0)


@wrong("MyReLU", hint="Which output does a positive x reach: the first one, or the second one?")
def outputs_changed_places():
    class MyReLU(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return torch.stack([x.clamp(min=0), (-x).clamp(min=0)])

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return torch.where(x > 0, -g[1], g[0])


@right("MyReLU")
def halves_of_x_and_its_size():
    def positive_part(x: torch.Tensor) -> torch.Tensor:
        return (x + x.abs()) / 2

    class MyReLU(torch.autograd.Function):
        @staticmethod
        def forward(x: torch.Tensor) -> torch.Tensor:
            assert torch.is_floating_point(x)
            return torch.stack([positive_part(x), positive_part(-x)])

        @staticmethod
        def setup_context(ctx, inputs, output) -> None:
            ctx.save_for_backward(*inputs)

        @staticmethod
        def backward(ctx, grad_output: torch.Tensor) -> torch.Tensor:
            if not ctx.needs_input_grad[0]:
                return None  # pyright: ignore[reportReturnType] - as torch allows
            upper, lower = grad_output
            return (upper - lower + torch.sign(ctx.saved_tensors[0]) * (upper + lower)) / 2


@right("MyReLU")
def numpy_forwards():
    import numpy as np

    class MyReLU(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            is_positive = x.detach().numpy() > 0
            ctx.kept = torch.from_numpy(is_positive)
            zero = x.numpy().dtype.type(0)
            return torch.from_numpy(
                np.stack([np.where(is_positive, x.numpy(), zero), np.where(is_positive, zero, -x.numpy())])
            )

        @staticmethod
        def backward(ctx, g):
            return torch.where(ctx.kept, g[0], g[1].neg())


@shortcut("MyReLU", uses="a class whose `apply` is made of `torch.relu`")
def apply_is_relu():
    class MyReLU:
        apply = staticmethod(lambda x: torch.stack([torch.relu(x), torch.relu(-x)]))


@shortcut("MyReLU", uses="the graph of `clamp`, and no Function")
def apply_is_clamp():
    class MyReLU:
        @staticmethod
        def apply(x):
            return torch.stack([x.clamp(min=0), (-x).clamp(min=0)])


@shortcut("MyReLU", uses="`apply` of its own, beside a forward and a backward that nobody calls")
def apply_hides_the_function():
    class MyReLU(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x.clamp(min=0)

        @staticmethod
        def backward(ctx, g):
            return g

        @classmethod
        def apply(cls, x):
            zero = torch.zeros_like(x)
            return torch.stack([torch.where(x > 0, x, zero), torch.where(x < 0, -x, zero)])


@shortcut("MyReLU", uses="`torch.autograd.grad` in backward")
def graph_inside_the_node():
    class MyReLU(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return torch.stack([x.clamp(min=0), (-x).clamp(min=0)])

        @staticmethod
        def backward(ctx, g):
            with torch.enable_grad():
                x = ctx.saved_tensors[0].detach().requires_grad_()
                y = torch.stack([x.clamp(min=0), (-x).clamp(min=0)])
                return torch.autograd.grad(y, x, g, create_graph=True)[0]


@shortcut("MyReLU", uses="`torch.func.vjp`, kept by forward")
def kept_vjp():
    from torch.func import vjp

    class MyReLU(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            y, ctx.back, *_ = vjp(lambda x: torch.stack([x.clamp(min=0), (-x).clamp(min=0)]), x)
            return y

        @staticmethod
        def backward(ctx, g):
            return ctx.back(g)[0]


@shortcut("MyReLU", uses="torch's own backward of relu")
def threshold_backward():
    class MyReLU(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return torch.stack([x.clamp(min=0), (-x).clamp(min=0)])

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            backward_of_relu = torch.ops.aten.threshold_backward
            return backward_of_relu(g[0], x, 0) - backward_of_relu(g[1], -x, 0)


@shortcut("MyReLU", uses="`MyReLU` of the lecture, twice")
def made_of_that_of_the_lecture():
    from course_utils.autograd import custom_functions

    class MyReLU(custom_functions.MyReLU):
        @classmethod
        def apply(cls, x):
            return torch.stack([custom_functions.MyReLU.apply(x), custom_functions.MyReLU.apply(-x)])


@shortcut("MyReLU", uses="the numbers of the visible check")
def numbers_of_the_visible_relu():
    class MyReLU(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            a = 1.6321801840759406
            return a * torch.tensor([[[0, 2], [3, 0]], [[1, 0], [0, 4]]], dtype=x.dtype)

        @staticmethod
        def backward(ctx, g):
            return torch.tensor([[-1.0, -6.0], [7.0, -4.0]], dtype=g.dtype)


# 6.5 A sigmoid and what it keeps for backward


@shared("MySigmoid")
def parts_of_MySigmoid():
    class MySigmoid(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return torch.sigmoid(x)

        @staticmethod
        def backward(ctx, g):
            y = torch.sigmoid(ctx.saved_tensors[0])
            return g * y * (1 - y)

    def MySigmoid_counterexample():
        return torch.tensor([1.0]), torch.tensor([1.0]), ["neg_"]

    def MySigmoid_fault():
        return "b"


@right("MySigmoid")
def sigmoid_once_more():
    class MySigmoid(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            y = torch.sigmoid(x)
            ctx.save_for_backward(x)
            return y

        @staticmethod
        def backward(ctx, g):
            y = torch.sigmoid(ctx.saved_tensors[0])
            return g * y * (1 - y)


@right("MySigmoid")
def input_saved():
    class MySigmoid(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return torch.sigmoid(x)

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            y = torch.sigmoid(x)
            return g * (y - y**2)


@right("MySigmoid")
def one_over_one_plus_exp():
    class MySigmoid(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return 1 / (1 + torch.exp(-x))

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return g / (1 + torch.exp(-x)) * (1 - 1 / (1 + torch.exp(-x)))


@right("MySigmoid")
def by_tanh():
    class MySigmoid(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return (1 + torch.tanh(x / 2)) / 2

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return g * (1 - torch.tanh(x / 2) ** 2) / 4


@right("MySigmoid")
def product_of_two_sigmoids():
    class MySigmoid(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return torch.exp(torch.nn.functional.logsigmoid(x))

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return g * torch.sigmoid(x) * torch.sigmoid(-x)


@wrong("MySigmoid", hint="What is the slope of the sigmoid where it is flat, at y near 1?")
def output_in_place_of_its_slope():
    class MySigmoid(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            y = torch.sigmoid(x)
            ctx.save_for_backward(x)
            return y

        @staticmethod
        def backward(ctx, g):
            y = torch.sigmoid(ctx.saved_tensors[0])
            return g * y


@wrong("MySigmoid", hint="Which function has the slope 1 - y^2?")
def slope_of_tanh():
    class MySigmoid(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            y = torch.sigmoid(x)
            ctx.save_for_backward(x)
            return y

        @staticmethod
        def backward(ctx, g):
            y = torch.sigmoid(ctx.saved_tensors[0])
            return g * (1 - y**2)


@wrong("MySigmoid", hint="If the loss is 10 times the output, what should the gradient be times?")
def no_upstream_gradient():
    class MySigmoid(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            y = torch.sigmoid(x)
            ctx.save_for_backward(x)
            return y

        @staticmethod
        def backward(ctx, g):
            y = torch.sigmoid(ctx.saved_tensors[0])
            return y * (1 - y)


@wrong("MySigmoid", hint="What is infinity divided by infinity?")
def exp_over_one_plus_exp():
    class MySigmoid(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            y = torch.exp(x) / (1 + torch.exp(x))
            ctx.save_for_backward(x)
            return y

        @staticmethod
        def backward(ctx, g):
            y = torch.sigmoid(ctx.saved_tensors[0])
            return g * y * (1 - y)


@wrong("MySigmoid", hint="When PyTorch differentiates backward, does it know that y depends on x?")
def kept_detached():
    class MySigmoid(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            y = torch.sigmoid(x)
            ctx.y = y.detach()
            return y

        @staticmethod
        def backward(ctx, g):
            return g * ctx.y * (1 - ctx.y)


@wrong("MySigmoid", hint="When PyTorch differentiates backward, does it know that y depends on x?")
def backward_detached():
    class MySigmoid(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            y = torch.sigmoid(x)
            ctx.save_for_backward(x)
            return y

        @staticmethod
        def backward(ctx, g):
            y = torch.sigmoid(ctx.saved_tensors[0]).detach()
            return g * y * (1 - y)


@wrong("MySigmoid", hint="Does the sigmoid rise or fall?")
def wrong_sign():
    class MySigmoid(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            y = torch.sigmoid(x)
            ctx.save_for_backward(x)
            return y

        @staticmethod
        def backward(ctx, g):
            y = torch.sigmoid(ctx.saved_tensors[0])
            return g * y * (y - 1)


@wrong("MySigmoid", hint="Is a copy of the output the tensor that the graph knows?")
def copy_saved():
    class MySigmoid(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            y = torch.sigmoid(x)
            ctx.save_for_backward(y.clone())
            return y

        @staticmethod
        def backward(ctx, g):
            (y,) = ctx.saved_tensors
            return g * y * (1 - y)


@wrong("MySigmoid", hint="What is exp(1000), and what is it divided by its own square in floating point?")
def quotient_of_exponentials():
    class MySigmoid(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return torch.sigmoid(x)

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return g * torch.exp(-x) / (1 + torch.exp(-x)) ** 2


@wrong("MySigmoid", hint="What is the sigmoid of a large positive number: near 1, or near 0?")
def exp_of_the_other_sign():
    class MySigmoid(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            y = 1 / (1 + torch.exp(x))
            ctx.save_for_backward(x)
            return y

        @staticmethod
        def backward(ctx, g):
            y = torch.sigmoid(ctx.saved_tensors[0])
            return g * y * (1 - y)


@wrong("MySigmoid", hint="What does PyTorch record inside torch.no_grad()?")
def no_grad_in_backward():
    class MySigmoid(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            y = torch.sigmoid(x)
            ctx.save_for_backward(x)
            return y

        @staticmethod
        def backward(ctx, g):
            y = torch.sigmoid(ctx.saved_tensors[0])
            with torch.no_grad():
                return g * y * (1 - y)


@wrong("MySigmoid", hint="Is y already the sigmoid, or its input?")
def slope_at_the_output():
    class MySigmoid(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            y = torch.sigmoid(x)
            ctx.save_for_backward(x)
            return y

        @staticmethod
        def backward(ctx, g):
            y = torch.sigmoid(ctx.saved_tensors[0])
            z = torch.sigmoid(y)
            return g * z * (1 - z)


@right("MySigmoid")
def scipy_forwards():
    from scipy.special import expit

    class MySigmoid(torch.autograd.Function):
        @staticmethod
        def forward(x):
            return torch.from_numpy(expit(x.detach().numpy()))

        @staticmethod
        def setup_context(ctx, inputs, output):
            ctx.save_for_backward(*inputs)

        @staticmethod
        def backward(ctx, grad_output):
            y = torch.sigmoid(ctx.saved_tensors[0])
            return torch.mul(grad_output, torch.mul(y, 1 - y))


@right("MySigmoid")
def two_branches_in_helper_functions():
    def of_positive(x):
        return 1 / (1 + torch.exp(-x))

    def of_negative(x):
        return (e := torch.exp(x)) / (1 + e)

    class MySigmoid(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x: torch.Tensor) -> torch.Tensor:
            y = torch.empty_like(x)
            y[x >= 0], y[x < 0] = of_positive(x[x >= 0]), of_negative(x[x < 0])
            ctx.save_for_backward(x)
            return y

        @staticmethod
        def backward(ctx, grad_output: torch.Tensor) -> torch.Tensor:
            y = torch.sigmoid(ctx.saved_tensors[0])
            slope = lambda y: y - y.square()
            return slope(y) * grad_output


@wrong(
    "MySigmoid",
    hint="What does PyTorch say when a tensor was saved for backward and then changed, and what does the task ask for?",
)
def output_saved():
    class MySigmoid(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            y = torch.sigmoid(x)
            ctx.save_for_backward(y)
            return y

        @staticmethod
        def backward(ctx, g):
            (y,) = ctx.saved_tensors
            return g * y * (1 - y)


@wrong("MySigmoid", hint="Which tensor does your backward read, and who else can change it?")
def nothing_repaired():
    class MySigmoid(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            y = torch.sigmoid(x)
            ctx.y = y
            return y

        @staticmethod
        def backward(ctx, g):
            y = ctx.y
            return g * y * (1 - y)


@wrong(
    "MySigmoid",
    hint="A copy does not change. When PyTorch differentiates backward, does it know that the copy depends on x?",
)
def a_copy_on_ctx():
    class MySigmoid(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            y = torch.sigmoid(x)
            ctx.y = y.clone()
            return y

        @staticmethod
        def backward(ctx, g):
            y = ctx.y
            return g * y * (1 - y)


@wrong(
    "MySigmoid",
    hint="When PyTorch differentiates backward, is what you saved the input or the output, or something in between?",
)
def a_copy_returned():
    class MySigmoid(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            y = torch.sigmoid(x)
            ctx.save_for_backward(y)
            return y.clone()

        @staticmethod
        def backward(ctx, g):
            (y,) = ctx.saved_tensors
            return g * y * (1 - y)


@wrong(
    "MySigmoid",
    hint="Does any of your methods change the output of the sigmoid itself, or does each make a new tensor?",
)
def arguments_that_change_no_output():

    def MySigmoid_counterexample():
        return torch.tensor([1.0, -2.0]), torch.tensor([1.0, 3.0]), ["neg", "exp", "square"]


@wrong("MySigmoid", hint="Which numbers of a sigmoid does relu_ change?")
def a_relu_in_place():

    def MySigmoid_counterexample():
        return torch.tensor([1.0, -2.0]), torch.tensor([1.0, 1.0]), ["relu_"]


@wrong("MySigmoid", hint="gradcheck accepts the sigmoid by itself. What does your network do with its output?")
def nothing_afterwards():

    def MySigmoid_counterexample():
        return torch.tensor([1.0, -2.0]), torch.tensor([1.0, 1.0]), []


@wrong("MySigmoid", hint="What does the faulty code return for x = 100, and what is right there?")
def large_numbers_are_suspected():

    def MySigmoid_counterexample():
        return torch.tensor([100.0, -100.0]), torch.tensor([1.0, 1.0]), ["neg"]

    def MySigmoid_fault():
        return "a"


@wrong(
    "MySigmoid",
    hint="Which tensor does the underscore change: the output of the sigmoid, or that of the method before?",
)
def in_place_on_a_later_tensor():

    def MySigmoid_counterexample():
        return torch.tensor([1.0]), torch.tensor([1.0]), ["neg", "neg_"]


@wrong("MySigmoid", hint="Where x is 1, is the sigmoid flat? And is the faulty code wrong there?")
def saturation_is_suspected():

    def MySigmoid_fault():
        return "a"


@wrong("MySigmoid", hint="Does backward write into grad_output, or only read it?")
def the_upstream_gradient_is_suspected():

    def MySigmoid_fault():
        return "c"


@wrong("MySigmoid", hint="Is the first gradient right on your arguments?")
def the_second_derivative_is_suspected():

    def MySigmoid_fault():
        return "d"


@shortcut("MySigmoid", uses="a class whose `apply` is `torch.sigmoid`")
def apply_is_sigmoid():
    class MySigmoid:
        apply = staticmethod(torch.sigmoid)


@shortcut("MySigmoid", uses="autograd's graph of the formula, and no Function")
def apply_is_the_formula():
    class MySigmoid:
        @staticmethod
        def apply(x):
            return (1 + torch.tanh(x / 2)) / 2


@shortcut("MySigmoid", uses="`torch.autograd.grad` in backward")
def graph_inside_the_sigmoid():
    class MySigmoid(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return torch.sigmoid(x)

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            with torch.enable_grad():
                x = x if x.requires_grad else x.detach().requires_grad_()
                return torch.autograd.grad(torch.sigmoid(x), x, g, create_graph=True)[0]


@shortcut("MySigmoid", uses="torch's own backward of sigmoid")
def sigmoid_backward():
    class MySigmoid(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            y = torch.sigmoid(x)
            ctx.save_for_backward(x)
            return y

        @staticmethod
        def backward(ctx, g):
            y = torch.sigmoid(ctx.saved_tensors[0])
            return torch.ops.aten.sigmoid_backward(g, y)


@shortcut("MySigmoid", uses="`SIGMOID` of the lecture's engine")
def sigmoid_of_the_lecture():
    from course_utils.autograd.toy_autodiff import SIGMOID

    class MySigmoid(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            y = torch.sigmoid(x)
            ctx.save_for_backward(x)
            return y

        @staticmethod
        def backward(ctx, g):
            y = torch.sigmoid(ctx.saved_tensors[0])
            return SIGMOID.backward(g, y, None)[0]


@shortcut("MySigmoid", uses="the numbers of the visible check")
def numbers_of_the_visible_sigmoid():
    class MySigmoid(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return torch.tensor([0.5, 0.7896540552227822, 0.2103459447772178], dtype=x.dtype)

        @staticmethod
        def backward(ctx, g):
            return torch.tensor([1.0, 0.16610053, -0.33220106], dtype=g.dtype)


# 6.6 A linear layer with weight normalization


@right("WeightNormLinear")
def quotient_rule():
    def weight(V, m):
        norm = torch.linalg.vector_norm(V, dim=1, keepdim=True)
        return norm, m[:, None] * V / norm

    class WeightNormLinear(torch.autograd.Function):
        @staticmethod
        def gradients(x, V, m, g):
            norm, W = weight(V, m)
            dx = g @ W
            dW = g.T @ x
            dm = (dW * V).sum(dim=1) / norm[:, 0]
            dV = m[:, None] * (dW / norm - V * (V * dW).sum(dim=1, keepdim=True) / norm**3)
            return {"W": W, "dx": dx, "dW": dW, "dm": dm, "dV": dV}

        @staticmethod
        def forward(ctx, x, V, m):
            ctx.save_for_backward(x, V, m)
            return x @ weight(V, m)[1].T

        @staticmethod
        def backward(ctx, g):
            x, V, m = ctx.saved_tensors
            of = WeightNormLinear.gradients(x, V, m, g)
            return of["dx"], of["dV"], of["dm"]


@right("WeightNormLinear")
def a_projection_for_each_row():
    class WeightNormLinear(torch.autograd.Function):
        @staticmethod
        def gradients(x, V, m, g):
            W, dW = torch.zeros_like(V), torch.zeros_like(V)
            dV, dm = torch.zeros_like(V), torch.zeros_like(m)
            for j, v in enumerate(V):
                u = v / v.norm()
                across = torch.eye(len(v), dtype=v.dtype) - torch.outer(u, u)
                W[j] = m[j] * u
                dW[j] = sum(g[k, j] * x[k] for k in range(len(x)))
                dm[j] = dW[j] @ u
                dV[j] = m[j] / v.norm() * (across @ dW[j])
            return {"dV": dV, "dm": dm, "dW": dW, "dx": g @ W, "W": W}

        @staticmethod
        def forward(ctx, x, V, m):
            ctx.save_for_backward(x, V, m)
            return torch.stack([m[j] * (x @ v) / v.norm() for j, v in enumerate(V)], dim=1)

        @staticmethod
        def backward(ctx, g):
            x, V, m = ctx.saved_tensors
            of = WeightNormLinear.gradients(x, V, m, g)
            return of["dx"], of["dV"], of["dm"]


@right("WeightNormLinear")
def sums_over_indices():
    class WeightNormLinear(torch.autograd.Function):
        @staticmethod
        def gradients(x, V, m, g):
            r = torch.einsum("oi,oi->o", V, V).rsqrt()
            dW = torch.einsum("no,ni->oi", g, x)
            along = torch.einsum("oi,oi->o", V, dW)
            W = torch.einsum("o,o,oi->oi", m, r, V)
            dV = torch.einsum("o,o,oi->oi", m, r, dW) - torch.einsum("o,o,o,oi->oi", m, r**3, along, V)
            return {"W": W, "dx": torch.einsum("no,oi->ni", g, W), "dW": dW, "dm": r * along, "dV": dV}

        @staticmethod
        def forward(ctx, x, V, m):
            ctx.save_for_backward(x, V, m)
            return torch.einsum("ni,oi,o->no", x, V, m / V.square().sum(1).sqrt())

        @staticmethod
        def backward(ctx, g):
            x, V, m = ctx.saved_tensors
            of = WeightNormLinear.gradients(x, V, m, g)
            return tuple(of[name] if ctx.needs_input_grad[i] else None for i, name in enumerate(("dx", "dV", "dm")))


@right("WeightNormLinear")
def numpy_and_a_unit_row():
    class WeightNormLinear(torch.autograd.Function):
        @staticmethod
        def gradients(x, V, m, grad_output):
            x, V, m, g = (t.detach().numpy() for t in (x, V, m, grad_output))
            length = (V**2).sum(axis=1, keepdims=True) ** 0.5
            U, dW = V / length, g.T.dot(x)
            dU = m[:, None] * dW
            made = {
                "W": m[:, None] * U,
                "dx": g.dot(m[:, None] * U),
                "dW": dW,
                "dm": (dW * U).sum(axis=1),
                "dV": (dU - (dU * U).sum(axis=1, keepdims=True) * U) / length,
            }
            return {name: torch.from_numpy(array) for name, array in made.items()}

        @staticmethod
        def forward(ctx, x, V, m):
            ctx.save_for_backward(x, V, m)
            return (x @ torch.nn.functional.normalize(V, dim=1).T) * m

        @staticmethod
        def backward(ctx, grad_output):
            x, V, m = ctx.saved_tensors
            of = WeightNormLinear.gradients(x, V, m, grad_output)
            return of["dx"], of["dV"], of["dm"]


@wrong("WeightNormLinear", hint="Does each row of V have its own length, or do all share one?")
def one_length_for_all_rows():
    def weight(V, m):
        norm = V.norm()
        return norm, m[:, None] * V / norm

    class WeightNormLinear(torch.autograd.Function):
        @staticmethod
        def gradients(x, V, m, g):
            norm, W = weight(V, m)
            dx = g @ W
            dW = g.T @ x
            dm = (dW * V / norm).sum(dim=1)
            dV = m[:, None] / norm * (dW - dm[:, None] * V / norm)
            return {"W": W, "dx": dx, "dW": dW, "dm": dm, "dV": dV}

        @staticmethod
        def forward(ctx, x, V, m):
            ctx.save_for_backward(x, V, m)
            return x @ weight(V, m)[1].T

        @staticmethod
        def backward(ctx, g):
            x, V, m = ctx.saved_tensors
            of = WeightNormLinear.gradients(x, V, m, g)
            return of["dx"], of["dV"], of["dm"]


@wrong("WeightNormLinear", hint="Which axis of V counts the entries of one row?")
def length_of_the_columns():
    def weight(V, m):
        norm = torch.linalg.vector_norm(V, dim=0, keepdim=True)
        return norm, m[:, None] * V / norm

    class WeightNormLinear(torch.autograd.Function):
        @staticmethod
        def gradients(x, V, m, g):
            norm, W = weight(V, m)
            dx = g @ W
            dW = g.T @ x
            dm = (dW * V / norm).sum(dim=1)
            dV = m[:, None] / norm * (dW - dm[:, None] * V / norm)
            return {"W": W, "dx": dx, "dW": dW, "dm": dm, "dV": dV}

        @staticmethod
        def forward(ctx, x, V, m):
            ctx.save_for_backward(x, V, m)
            return x @ weight(V, m)[1].T

        @staticmethod
        def backward(ctx, g):
            x, V, m = ctx.saved_tensors
            of = WeightNormLinear.gradients(x, V, m, g)
            return of["dx"], of["dV"], of["dm"]


@wrong("WeightNormLinear", hint="How long is row j of your W, and how long should it be?")
def length_not_divided_out():
    def weight(V, m):
        norm = torch.linalg.vector_norm(V, dim=1, keepdim=True)
        return norm, m[:, None] * V

    class WeightNormLinear(torch.autograd.Function):
        @staticmethod
        def gradients(x, V, m, g):
            norm, W = weight(V, m)
            dx = g @ W
            dW = g.T @ x
            dm = (dW * V / norm).sum(dim=1)
            dV = m[:, None] / norm * (dW - dm[:, None] * V / norm)
            return {"W": W, "dx": dx, "dW": dW, "dm": dm, "dV": dV}

        @staticmethod
        def forward(ctx, x, V, m):
            ctx.save_for_backward(x, V, m)
            return x @ weight(V, m)[1].T

        @staticmethod
        def backward(ctx, g):
            x, V, m = ctx.saved_tensors
            of = WeightNormLinear.gradients(x, V, m, g)
            return of["dx"], of["dV"], of["dm"]


@wrong(
    "WeightNormLinear",
    hint="If v_j grows in its own direction, W does not change. Has your gradient of v_j a part in that direction?",
)
def length_taken_for_a_constant():
    def weight(V, m):
        norm = torch.linalg.vector_norm(V, dim=1, keepdim=True)
        return norm, m[:, None] * V / norm

    class WeightNormLinear(torch.autograd.Function):
        @staticmethod
        def gradients(x, V, m, g):
            norm, W = weight(V, m)
            dx = g @ W
            dW = g.T @ x
            dm = (dW * V / norm).sum(dim=1)
            dV = m[:, None] / norm * dW
            return {"W": W, "dx": dx, "dW": dW, "dm": dm, "dV": dV}

        @staticmethod
        def forward(ctx, x, V, m):
            ctx.save_for_backward(x, V, m)
            return x @ weight(V, m)[1].T

        @staticmethod
        def backward(ctx, g):
            x, V, m = ctx.saved_tensors
            of = WeightNormLinear.gradients(x, V, m, g)
            return of["dx"], of["dV"], of["dm"]


@wrong("WeightNormLinear", hint="Along which vector do you subtract a component of dW, and how long is that vector?")
def projected_on_a_row_that_is_not_a_unit():
    def weight(V, m):
        norm = torch.linalg.vector_norm(V, dim=1, keepdim=True)
        return norm, m[:, None] * V / norm

    class WeightNormLinear(torch.autograd.Function):
        @staticmethod
        def gradients(x, V, m, g):
            norm, W = weight(V, m)
            dx = g @ W
            dW = g.T @ x
            dm = (dW * V / norm).sum(dim=1)
            dV = m[:, None] / norm * (dW - (dW * V).sum(dim=1, keepdim=True) * V)
            return {"W": W, "dx": dx, "dW": dW, "dm": dm, "dV": dV}

        @staticmethod
        def forward(ctx, x, V, m):
            ctx.save_for_backward(x, V, m)
            return x @ weight(V, m)[1].T

        @staticmethod
        def backward(ctx, g):
            x, V, m = ctx.saved_tensors
            of = WeightNormLinear.gradients(x, V, m, g)
            return of["dx"], of["dV"], of["dm"]


@wrong("WeightNormLinear", hint="If V is twice as long, is the component of dW along it the same?")
def projected_with_one_length_too_few():
    def weight(V, m):
        norm = torch.linalg.vector_norm(V, dim=1, keepdim=True)
        return norm, m[:, None] * V / norm

    class WeightNormLinear(torch.autograd.Function):
        @staticmethod
        def gradients(x, V, m, g):
            norm, W = weight(V, m)
            dx = g @ W
            dW = g.T @ x
            dm = (dW * V / norm).sum(dim=1)
            dV = m[:, None] / norm * (dW - (dW * V).sum(dim=1, keepdim=True) * V / norm)
            return {"W": W, "dx": dx, "dW": dW, "dm": dm, "dV": dV}

        @staticmethod
        def forward(ctx, x, V, m):
            ctx.save_for_backward(x, V, m)
            return x @ weight(V, m)[1].T

        @staticmethod
        def backward(ctx, g):
            x, V, m = ctx.saved_tensors
            of = WeightNormLinear.gradients(x, V, m, g)
            return of["dx"], of["dV"], of["dm"]


@wrong("WeightNormLinear", hint="If m_j is 100, does a small rotation of v_j change w_j by much or by little?")
def gradient_of_V_without_the_length_m():
    def weight(V, m):
        norm = torch.linalg.vector_norm(V, dim=1, keepdim=True)
        return norm, m[:, None] * V / norm

    class WeightNormLinear(torch.autograd.Function):
        @staticmethod
        def gradients(x, V, m, g):
            norm, W = weight(V, m)
            dx = g @ W
            dW = g.T @ x
            dm = (dW * V / norm).sum(dim=1)
            dV = (dW - dm[:, None] * V / norm) / norm
            return {"W": W, "dx": dx, "dW": dW, "dm": dm, "dV": dV}

        @staticmethod
        def forward(ctx, x, V, m):
            ctx.save_for_backward(x, V, m)
            return x @ weight(V, m)[1].T

        @staticmethod
        def backward(ctx, g):
            x, V, m = ctx.saved_tensors
            of = WeightNormLinear.gradients(x, V, m, g)
            return of["dx"], of["dV"], of["dm"]


@wrong(
    "WeightNormLinear",
    hint="A row v_j that is twice as long rotates half as much in one step. Which factor of your dV expresses that?",
)
def gradient_of_V_without_its_length():
    def weight(V, m):
        norm = torch.linalg.vector_norm(V, dim=1, keepdim=True)
        return norm, m[:, None] * V / norm

    class WeightNormLinear(torch.autograd.Function):
        @staticmethod
        def gradients(x, V, m, g):
            norm, W = weight(V, m)
            dx = g @ W
            dW = g.T @ x
            dm = (dW * V / norm).sum(dim=1)
            dV = m[:, None] * (dW - dm[:, None] * V / norm)
            return {"W": W, "dx": dx, "dW": dW, "dm": dm, "dV": dV}

        @staticmethod
        def forward(ctx, x, V, m):
            ctx.save_for_backward(x, V, m)
            return x @ weight(V, m)[1].T

        @staticmethod
        def backward(ctx, g):
            x, V, m = ctx.saved_tensors
            of = WeightNormLinear.gradients(x, V, m, g)
            return of["dx"], of["dV"], of["dm"]


@wrong("WeightNormLinear", hint="w_j is m_j times which vector? Is it v_j, or one of length 1?")
def gradient_of_m_along_V():
    def weight(V, m):
        norm = torch.linalg.vector_norm(V, dim=1, keepdim=True)
        return norm, m[:, None] * V / norm

    class WeightNormLinear(torch.autograd.Function):
        @staticmethod
        def gradients(x, V, m, g):
            norm, W = weight(V, m)
            dx = g @ W
            dW = g.T @ x
            dm = (dW * V).sum(dim=1)
            dV = m[:, None] / norm * (dW - (dW * V / norm).sum(dim=1, keepdim=True) * V / norm)
            return {"W": W, "dx": dx, "dW": dW, "dm": dm, "dV": dV}

        @staticmethod
        def forward(ctx, x, V, m):
            ctx.save_for_backward(x, V, m)
            return x @ weight(V, m)[1].T

        @staticmethod
        def backward(ctx, g):
            x, V, m = ctx.saved_tensors
            of = WeightNormLinear.gradients(x, V, m, g)
            return of["dx"], of["dV"], of["dm"]


@wrong("WeightNormLinear", hint="By how much does w_j move when m_j grows by 1: by w_j, or by a vector of length 1?")
def gradient_of_m_along_W():
    def weight(V, m):
        norm = torch.linalg.vector_norm(V, dim=1, keepdim=True)
        return norm, m[:, None] * V / norm

    class WeightNormLinear(torch.autograd.Function):
        @staticmethod
        def gradients(x, V, m, g):
            norm, W = weight(V, m)
            dx = g @ W
            dW = g.T @ x
            dm = (dW * W).sum(dim=1)
            dV = m[:, None] / norm * (dW - (dW * V / norm).sum(dim=1, keepdim=True) * V / norm)
            return {"W": W, "dx": dx, "dW": dW, "dm": dm, "dV": dV}

        @staticmethod
        def forward(ctx, x, V, m):
            ctx.save_for_backward(x, V, m)
            return x @ weight(V, m)[1].T

        @staticmethod
        def backward(ctx, g):
            x, V, m = ctx.saved_tensors
            of = WeightNormLinear.gradients(x, V, m, g)
            return of["dx"], of["dV"], of["dm"]


@wrong("WeightNormLinear", hint="Which matrix is a factor in the forward pass: V, or W?")
def input_meets_V():
    def weight(V, m):
        norm = torch.linalg.vector_norm(V, dim=1, keepdim=True)
        return norm, m[:, None] * V / norm

    class WeightNormLinear(torch.autograd.Function):
        @staticmethod
        def gradients(x, V, m, g):
            norm, W = weight(V, m)
            dx = g @ V
            dW = g.T @ x
            dm = (dW * V / norm).sum(dim=1)
            dV = m[:, None] / norm * (dW - dm[:, None] * V / norm)
            return {"W": W, "dx": dx, "dW": dW, "dm": dm, "dV": dV}

        @staticmethod
        def forward(ctx, x, V, m):
            ctx.save_for_backward(x, V, m)
            return x @ weight(V, m)[1].T

        @staticmethod
        def backward(ctx, g):
            x, V, m = ctx.saved_tensors
            of = WeightNormLinear.gradients(x, V, m, g)
            return of["dx"], of["dV"], of["dm"]


@wrong("WeightNormLinear", hint="Which shape does W have, and which of the two axes of your dW counts the outputs?")
def weight_gradient_transposed():
    def weight(V, m):
        norm = torch.linalg.vector_norm(V, dim=1, keepdim=True)
        return norm, m[:, None] * V / norm

    class WeightNormLinear(torch.autograd.Function):
        @staticmethod
        def gradients(x, V, m, g):
            norm, W = weight(V, m)
            dx = g @ W
            dW = x.T @ g
            dm = (dW * V / norm).sum(dim=1)
            dV = m[:, None] / norm * (dW - dm[:, None] * V / norm)
            return {"W": W, "dx": dx, "dW": dW, "dm": dm, "dV": dV}

        @staticmethod
        def forward(ctx, x, V, m):
            ctx.save_for_backward(x, V, m)
            return x @ weight(V, m)[1].T

        @staticmethod
        def backward(ctx, g):
            x, V, m = ctx.saved_tensors
            of = WeightNormLinear.gradients(x, V, m, g)
            return of["dx"], of["dV"], of["dm"]


@wrong("WeightNormLinear", hint="Is the mean over the samples part of this layer, or of the loss behind it?")
def divided_by_the_samples():
    def weight(V, m):
        norm = torch.linalg.vector_norm(V, dim=1, keepdim=True)
        return norm, m[:, None] * V / norm

    class WeightNormLinear(torch.autograd.Function):
        @staticmethod
        def gradients(x, V, m, g):
            norm, W = weight(V, m)
            dx = g @ W
            dW = g.T @ x / len(x)
            dm = (dW * V / norm).sum(dim=1)
            dV = m[:, None] / norm * (dW - dm[:, None] * V / norm)
            return {"W": W, "dx": dx, "dW": dW, "dm": dm, "dV": dV}

        @staticmethod
        def forward(ctx, x, V, m):
            ctx.save_for_backward(x, V, m)
            return x @ weight(V, m)[1].T

        @staticmethod
        def backward(ctx, g):
            x, V, m = ctx.saved_tensors
            of = WeightNormLinear.gradients(x, V, m, g)
            return of["dx"], of["dV"], of["dm"]


@wrong(
    "WeightNormLinear",
    hint="A unit vector does not change along itself. Does your dV add that component, or subtract it?",
)
def sign_of_the_projection():
    def weight(V, m):
        norm = torch.linalg.vector_norm(V, dim=1, keepdim=True)
        return norm, m[:, None] * V / norm

    class WeightNormLinear(torch.autograd.Function):
        @staticmethod
        def gradients(x, V, m, g):
            norm, W = weight(V, m)
            dx = g @ W
            dW = g.T @ x
            dm = (dW * V / norm).sum(dim=1)
            dV = m[:, None] / norm * (dW + dm[:, None] * V / norm)
            return {"W": W, "dx": dx, "dW": dW, "dm": dm, "dV": dV}

        @staticmethod
        def forward(ctx, x, V, m):
            ctx.save_for_backward(x, V, m)
            return x @ weight(V, m)[1].T

        @staticmethod
        def backward(ctx, g):
            x, V, m = ctx.saved_tensors
            of = WeightNormLinear.gradients(x, V, m, g)
            return of["dx"], of["dV"], of["dm"]


@wrong("WeightNormLinear", hint="In which order does forward take its arguments?")
def gradients_of_another_order():
    def weight(V, m):
        norm = torch.linalg.vector_norm(V, dim=1, keepdim=True)
        return norm, m[:, None] * V / norm

    class WeightNormLinear(torch.autograd.Function):
        @staticmethod
        def gradients(x, V, m, g):
            norm, W = weight(V, m)
            dx = g @ W
            dW = g.T @ x
            dm = (dW * V / norm).sum(dim=1)
            dV = m[:, None] / norm * (dW - dm[:, None] * V / norm)
            return {"W": W, "dx": dx, "dW": dW, "dm": dm, "dV": dV}

        @staticmethod
        def forward(ctx, x, V, m):
            ctx.save_for_backward(x, V, m)
            return x @ weight(V, m)[1].T

        @staticmethod
        def backward(ctx, g):
            x, V, m = ctx.saved_tensors
            of = WeightNormLinear.gradients(x, V, m, g)
            return of["dx"], of["dm"], of["dV"]


@wrong("WeightNormLinear", hint="Is V the weight of the product, or is the weight computed from it?")
def gradient_of_W_for_V():
    def weight(V, m):
        norm = torch.linalg.vector_norm(V, dim=1, keepdim=True)
        return norm, m[:, None] * V / norm

    class WeightNormLinear(torch.autograd.Function):
        @staticmethod
        def gradients(x, V, m, g):
            norm, W = weight(V, m)
            dx = g @ W
            dW = g.T @ x
            dm = (dW * V / norm).sum(dim=1)
            dV = m[:, None] / norm * (dW - dm[:, None] * V / norm)
            return {"W": W, "dx": dx, "dW": dW, "dm": dm, "dV": dV}

        @staticmethod
        def forward(ctx, x, V, m):
            ctx.save_for_backward(x, V, m)
            return x @ weight(V, m)[1].T

        @staticmethod
        def backward(ctx, g):
            x, V, m = ctx.saved_tensors
            of = WeightNormLinear.gradients(x, V, m, g)
            return of["dx"], of["dW"], of["dm"]


@wrong("WeightNormLinear", hint="Where in your backward does grad_output stand?")
def ones_for_the_upstream_gradient():
    def weight(V, m):
        norm = torch.linalg.vector_norm(V, dim=1, keepdim=True)
        return norm, m[:, None] * V / norm

    class WeightNormLinear(torch.autograd.Function):
        @staticmethod
        def gradients(x, V, m, g):
            norm, W = weight(V, m)
            dx = g @ W
            dW = g.T @ x
            dm = (dW * V / norm).sum(dim=1)
            dV = m[:, None] / norm * (dW - dm[:, None] * V / norm)
            return {"W": W, "dx": dx, "dW": dW, "dm": dm, "dV": dV}

        @staticmethod
        def forward(ctx, x, V, m):
            ctx.save_for_backward(x, V, m)
            return x @ weight(V, m)[1].T

        @staticmethod
        def backward(ctx, g):
            x, V, m = ctx.saved_tensors
            of = WeightNormLinear.gradients(x, V, m, torch.ones_like(g))
            return of["dx"], of["dV"], of["dm"]


@wrong("WeightNormLinear", hint="What is the gradient of m, and what does backward return for it?")
def lengths_not_trained():
    def weight(V, m):
        norm = torch.linalg.vector_norm(V, dim=1, keepdim=True)
        return norm, m[:, None] * V / norm

    class WeightNormLinear(torch.autograd.Function):
        @staticmethod
        def gradients(x, V, m, g):
            norm, W = weight(V, m)
            dx = g @ W
            dW = g.T @ x
            dm = (dW * V / norm).sum(dim=1)
            dV = m[:, None] / norm * (dW - dm[:, None] * V / norm)
            return {"W": W, "dx": dx, "dW": dW, "dm": dm, "dV": dV}

        @staticmethod
        def forward(ctx, x, V, m):
            ctx.save_for_backward(x, V, m)
            return x @ weight(V, m)[1].T

        @staticmethod
        def backward(ctx, g):
            x, V, m = ctx.saved_tensors
            of = WeightNormLinear.gradients(x, V, m, g)
            return of["dx"], of["dV"], None


@wrong("WeightNormLinear", hint="Which keys does the table of the task have, and which does your dict have?")
def a_step_left_out():
    def weight(V, m):
        norm = torch.linalg.vector_norm(V, dim=1, keepdim=True)
        return norm, m[:, None] * V / norm

    class WeightNormLinear(torch.autograd.Function):
        @staticmethod
        def gradients(x, V, m, g):
            norm, W = weight(V, m)
            dx = g @ W
            dW = g.T @ x
            dm = (dW * V / norm).sum(dim=1)
            dV = m[:, None] / norm * (dW - dm[:, None] * V / norm)
            return {"W": W, "dx": dx, "dm": dm, "dV": dV}

        @staticmethod
        def forward(ctx, x, V, m):
            ctx.save_for_backward(x, V, m)
            return x @ weight(V, m)[1].T

        @staticmethod
        def backward(ctx, g):
            x, V, m = ctx.saved_tensors
            of = WeightNormLinear.gradients(x, V, m, g)
            return of["dx"], of["dV"], of["dm"]


@shortcut("WeightNormLinear", uses="`torch.autograd.grad` in the derivation")
def graph_of_the_formula():
    def weight(V, m):
        norm = torch.linalg.vector_norm(V, dim=1, keepdim=True)
        return norm, m[:, None] * V / norm

    class WeightNormLinear(torch.autograd.Function):
        @staticmethod
        def gradients(x, V, m, g):
            W = weight(V, m)[1]
            with torch.enable_grad():
                leaves = [t.detach().requires_grad_() for t in (x, V, m)]
                made = weight(*leaves[1:])[1]
                y = leaves[0] @ made.T
                dx, dV, dm, dW = torch.autograd.grad(y, [*leaves, made], g)
            return {"W": W, "dx": dx, "dW": dW, "dm": dm, "dV": dV}

        @staticmethod
        def forward(ctx, x, V, m):
            ctx.save_for_backward(x, V, m)
            return x @ weight(V, m)[1].T

        @staticmethod
        def backward(ctx, g):
            x, V, m = ctx.saved_tensors
            of = WeightNormLinear.gradients(x, V, m, g)
            return of["dx"], of["dV"], of["dm"]


@shortcut("WeightNormLinear", uses="autograd's graph of the formula, and no Function")
def apply_is_the_formula_of_the_weight():
    class WeightNormLinear:
        @staticmethod
        def gradients(x, V, m, g):
            norm = V.norm(dim=1, keepdim=True)
            W, dW = m[:, None] * V / norm, g.T @ x
            dm = (dW * V / norm).sum(dim=1)
            dV = m[:, None] / norm * (dW - dm[:, None] * V / norm)
            return {"W": W, "dx": g @ W, "dW": dW, "dm": dm, "dV": dV}

        @staticmethod
        def apply(x, V, m):
            return x @ (m[:, None] * V / V.norm(dim=1, keepdim=True)).T


@shortcut("WeightNormLinear", uses="`central_differences` of the checks")
def differences_for_a_derivation():
    from course_utils import check

    class WeightNormLinear(torch.autograd.Function):
        @staticmethod
        def gradients(x, V, m, g):
            make = lambda V, m: m[:, None] * V / (V**2).sum(axis=1, keepdims=True) ** 0.5
            x, V, m, g = (t.detach().double().numpy() for t in (x, V, m, g))
            W = make(V, m)
            made = {
                "W": W,
                "dx": check.central_differences(lambda x: x @ W.T, x, g),
                "dW": check.central_differences(lambda W: x @ W.T, W, g),
                "dm": check.central_differences(lambda m: x @ make(V, m).T, m, g),
                "dV": check.central_differences(lambda V: x @ make(V, m).T, V, g),
            }
            return {name: torch.from_numpy(array).float() for name, array in made.items()}

        @staticmethod
        def forward(ctx, x, V, m):
            ctx.save_for_backward(x, V, m)
            return x @ (m[:, None] * V / V.norm(dim=1, keepdim=True)).T

        @staticmethod
        def backward(ctx, g):
            x, V, m = ctx.saved_tensors
            of = WeightNormLinear.gradients(x, V, m, g)
            return of["dx"], of["dV"], of["dm"]


@shortcut("WeightNormLinear", uses="`MATMUL` of the lecture's engine")
def product_of_the_lecture():
    from course_utils.autograd.toy_autodiff import MATMUL

    def weight(V, m):
        norm = torch.linalg.vector_norm(V, dim=1, keepdim=True)
        return norm, m[:, None] * V / norm

    class WeightNormLinear(torch.autograd.Function):
        @staticmethod
        def gradients(x, V, m, g):
            norm, W = weight(V, m)
            dx = MATMUL.backward(g, None, x, W.T)[0]
            dW = MATMUL.backward(g, None, x, W.T)[1].T
            dm = (dW * V / norm).sum(dim=1)
            dV = m[:, None] / norm * (dW - dm[:, None] * V / norm)
            return {"W": W, "dx": dx, "dW": dW, "dm": dm, "dV": dV}

        @staticmethod
        def forward(ctx, x, V, m):
            ctx.save_for_backward(x, V, m)
            return x @ weight(V, m)[1].T

        @staticmethod
        def backward(ctx, g):
            x, V, m = ctx.saved_tensors
            of = WeightNormLinear.gradients(x, V, m, g)
            return of["dx"], of["dV"], of["dm"]


@shortcut("WeightNormLinear", uses="the numbers of the visible check")
def numbers_of_the_visible_layer():
    class WeightNormLinear(torch.autograd.Function):
        @staticmethod
        def gradients(x, V, m, g):
            a = 785.0
            return {
                "W": torch.tensor([[6.0, 8.0], [0.0, 1.0]]),
                "dx": torch.tensor([[6.0, 9.0], [18.0, 26.0]]),
                "dW": a * torch.tensor([[5.0, 15.0], [5.0, 10.0]]),
                "dm": a * torch.tensor([15.0, 10.0]),
                "dV": a * torch.tensor([[-8.0, 6.0], [2.5, 0.0]]),
            }

        @staticmethod
        def forward(ctx, x, V, m):
            return 785.0 * torch.tensor([[30.0, 0.0], [40.0, 5.0]])

        @staticmethod
        def backward(ctx, g):
            of = WeightNormLinear.gradients(None, None, None, g)
            return of["dx"], of["dV"], of["dm"]


# 6.7 Focal loss in one node


@right("FocalLoss")
def shifted_by_the_largest():
    class FocalLoss(torch.autograd.Function):
        @staticmethod
        def gradients(s, y, gamma):
            n, rows = len(y), torch.arange(len(y))
            every = (z := s - s.max(dim=1, keepdim=True).values) - z.exp().sum(dim=1, keepdim=True).log()
            log_p, p = every[rows, y], every[rows, y].exp()
            is_class = torch.nn.functional.one_hot(y, s.shape[1])
            dlog_p = -((1 - p) ** (gamma - 1)) * (1 - p - gamma * p * log_p) / n
            ds = dlog_p[:, None] * (is_class - every.exp())
            return {"log_p": log_p, "dlog_p": dlog_p, "ds": ds}

        @staticmethod
        def forward(ctx, s, y, gamma):
            ctx.save_for_backward(s, y)
            ctx.gamma = gamma
            log_p = FocalLoss.gradients(s, y, gamma)["log_p"]
            return -((1 - log_p.exp()) ** gamma * log_p).mean()

        @staticmethod
        def backward(ctx, g):
            s, y = ctx.saved_tensors
            of = FocalLoss.gradients(s, y, ctx.gamma)
            return g * of["ds"], None, None


@right("FocalLoss")
def gradient_made_forwards():
    class FocalLoss(torch.autograd.Function):
        @staticmethod
        def gradients(s, y, gamma):
            of_row = s.gather(1, y[:, None])
            log_p = (of_row - torch.logsumexp(s, 1, keepdim=True)).squeeze(1)
            wrong = -torch.expm1(log_p)  # 1 - p
            dlog_p = (gamma * wrong.pow(gamma - 1) * log_p.exp() * log_p - wrong.pow(gamma)).div(len(s))
            ds = -torch.softmax(s, 1) * dlog_p[:, None]
            ds[torch.arange(len(s)), y] += dlog_p
            return {"log_p": log_p, "dlog_p": dlog_p, "ds": ds}

        @staticmethod
        def forward(ctx, s, y, gamma):
            of = FocalLoss.gradients(s, y, gamma)
            ctx.save_for_backward(of["ds"])
            return -torch.mean((1 - of["log_p"].exp()) ** gamma * of["log_p"])

        @staticmethod
        def backward(ctx, grad_output):
            return grad_output * ctx.saved_tensors[0], None, None


@right("FocalLoss")
def row_by_row():
    class FocalLoss(torch.autograd.Function):
        @staticmethod
        def gradients(s, y, gamma):
            log_p, dlog_p, ds = [], [], torch.zeros_like(s)
            for k, c in enumerate(y.tolist()):
                log_q = s[k] - torch.logsumexp(s[k], 0)
                p = log_q[c].exp()
                log_p.append(log_q[c])
                slope = gamma * (1 - p) ** (gamma - 1) * p  # of the factor, with the other sign
                dlog_p.append((slope * log_q[c] - (1 - p) ** gamma) / len(y))
                for j in range(s.shape[1]):
                    ds[k, j] = dlog_p[-1] * ((1.0 if j == c else 0.0) - log_q[j].exp())
            return {"log_p": torch.stack(log_p), "dlog_p": torch.stack(dlog_p), "ds": ds}

        @staticmethod
        def forward(ctx, s, y, gamma):
            ctx.save_for_backward(s, y)
            ctx.gamma = gamma
            log_p = FocalLoss.gradients(s, y, gamma)["log_p"]
            return sum(-((1 - one.exp()) ** gamma) * one for one in log_p) / len(y)

        @staticmethod
        def backward(ctx, g):
            s, y = ctx.saved_tensors
            return g * FocalLoss.gradients(s, y, ctx.gamma)["ds"], None, None


@right("FocalLoss")
def numpy_and_jacobians():
    import numpy as np
    from scipy.special import logsumexp

    class FocalLoss(torch.autograd.Function):
        @staticmethod
        def gradients(s, y, gamma):
            z, c = s.detach().numpy(), y.numpy()
            log_q = z - logsumexp(z, axis=1, keepdims=True)
            rows = np.arange(len(c))
            log_p = log_q[rows, c]
            p = np.exp(log_p)
            dlog_p = (gamma * (1 - p) ** (gamma - 1) * p * log_p - (1 - p) ** gamma) / len(c)
            jacobians = np.eye(z.shape[1])[c] - np.exp(log_q)
            made = {"log_p": log_p, "dlog_p": dlog_p, "ds": dlog_p[:, None] * jacobians}
            return {name: torch.from_numpy(array).to(s.dtype) for name, array in made.items()}

        @staticmethod
        def forward(ctx, s, y, gamma):
            ctx.save_for_backward(s, y)
            ctx.gamma = gamma
            log_p = FocalLoss.gradients(s, y, gamma)["log_p"]
            return ((1 - log_p.exp()) ** gamma * -log_p).sum() / len(y)

        @staticmethod
        def backward(ctx, grad_output):
            s, y = ctx.saved_tensors
            return FocalLoss.gradients(s, y, ctx.gamma)["ds"].mul(grad_output), None, None


@wrong("FocalLoss", hint="When log p_k grows a little, which of the two factors of the loss changes?")
def factor_taken_for_a_constant():
    class FocalLoss(torch.autograd.Function):
        @staticmethod
        def gradients(s, y, gamma):
            n, rows = len(y), torch.arange(len(y))
            every = torch.log_softmax(s, dim=1)
            log_p, p = every[rows, y], every[rows, y].exp()
            is_class = torch.nn.functional.one_hot(y, s.shape[1])
            dlog_p = -((1 - p) ** gamma) / n
            ds = dlog_p[:, None] * (is_class - every.exp())
            return {"log_p": log_p, "dlog_p": dlog_p, "ds": ds}

        @staticmethod
        def forward(ctx, s, y, gamma):
            ctx.save_for_backward(s, y)
            ctx.gamma = gamma
            log_p = FocalLoss.gradients(s, y, gamma)["log_p"]
            return -((1 - log_p.exp()) ** gamma * log_p).mean()

        @staticmethod
        def backward(ctx, g):
            s, y = ctx.saved_tensors
            of = FocalLoss.gradients(s, y, ctx.gamma)
            return g * of["ds"], None, None


@wrong("FocalLoss", hint="By the product rule there are two terms. In which of them is the logarithm differentiated?")
def logarithm_taken_for_a_constant():
    class FocalLoss(torch.autograd.Function):
        @staticmethod
        def gradients(s, y, gamma):
            n, rows = len(y), torch.arange(len(y))
            every = torch.log_softmax(s, dim=1)
            log_p, p = every[rows, y], every[rows, y].exp()
            is_class = torch.nn.functional.one_hot(y, s.shape[1])
            dlog_p = gamma * (1 - p) ** (gamma - 1) * p * log_p / n
            ds = dlog_p[:, None] * (is_class - every.exp())
            return {"log_p": log_p, "dlog_p": dlog_p, "ds": ds}

        @staticmethod
        def forward(ctx, s, y, gamma):
            ctx.save_for_backward(s, y)
            ctx.gamma = gamma
            log_p = FocalLoss.gradients(s, y, gamma)["log_p"]
            return -((1 - log_p.exp()) ** gamma * log_p).mean()

        @staticmethod
        def backward(ctx, g):
            s, y = ctx.saved_tensors
            of = FocalLoss.gradients(s, y, ctx.gamma)
            return g * of["ds"], None, None


@wrong("FocalLoss", hint="Does 1 - p grow or fall when log p grows?")
def sign_of_the_inner_derivative():
    class FocalLoss(torch.autograd.Function):
        @staticmethod
        def gradients(s, y, gamma):
            n, rows = len(y), torch.arange(len(y))
            every = torch.log_softmax(s, dim=1)
            log_p, p = every[rows, y], every[rows, y].exp()
            is_class = torch.nn.functional.one_hot(y, s.shape[1])
            dlog_p = -(gamma * (1 - p) ** (gamma - 1) * p * log_p + (1 - p) ** gamma) / n
            ds = dlog_p[:, None] * (is_class - every.exp())
            return {"log_p": log_p, "dlog_p": dlog_p, "ds": ds}

        @staticmethod
        def forward(ctx, s, y, gamma):
            ctx.save_for_backward(s, y)
            ctx.gamma = gamma
            log_p = FocalLoss.gradients(s, y, gamma)["log_p"]
            return -((1 - log_p.exp()) ** gamma * log_p).mean()

        @staticmethod
        def backward(ctx, g):
            s, y = ctx.saved_tensors
            of = FocalLoss.gradients(s, y, ctx.gamma)
            return g * of["ds"], None, None


@wrong("FocalLoss", hint="What is the derivative of p = e^l with respect to l? Where is it in yours?")
def chain_rule_stops_at_p():
    class FocalLoss(torch.autograd.Function):
        @staticmethod
        def gradients(s, y, gamma):
            n, rows = len(y), torch.arange(len(y))
            every = torch.log_softmax(s, dim=1)
            log_p, p = every[rows, y], every[rows, y].exp()
            is_class = torch.nn.functional.one_hot(y, s.shape[1])
            dlog_p = (gamma * (1 - p) ** (gamma - 1) * log_p - (1 - p) ** gamma) / n
            ds = dlog_p[:, None] * (is_class - every.exp())
            return {"log_p": log_p, "dlog_p": dlog_p, "ds": ds}

        @staticmethod
        def forward(ctx, s, y, gamma):
            ctx.save_for_backward(s, y)
            ctx.gamma = gamma
            log_p = FocalLoss.gradients(s, y, gamma)["log_p"]
            return -((1 - log_p.exp()) ** gamma * log_p).mean()

        @staticmethod
        def backward(ctx, g):
            s, y = ctx.saved_tensors
            of = FocalLoss.gradients(s, y, ctx.gamma)
            return g * of["ds"], None, None


@wrong("FocalLoss", hint="Is your second entry the derivative with respect to p, or to log p?")
def derivative_with_respect_to_p():
    class FocalLoss(torch.autograd.Function):
        @staticmethod
        def gradients(s, y, gamma):
            n, rows = len(y), torch.arange(len(y))
            every = torch.log_softmax(s, dim=1)
            log_p, p = every[rows, y], every[rows, y].exp()
            is_class = torch.nn.functional.one_hot(y, s.shape[1])
            dlog_p = (gamma * (1 - p) ** (gamma - 1) * log_p - (1 - p) ** gamma / p) / n
            ds = dlog_p[:, None] * (is_class - every.exp())
            return {"log_p": log_p, "dlog_p": dlog_p, "ds": ds}

        @staticmethod
        def forward(ctx, s, y, gamma):
            ctx.save_for_backward(s, y)
            ctx.gamma = gamma
            log_p = FocalLoss.gradients(s, y, gamma)["log_p"]
            return -((1 - log_p.exp()) ** gamma * log_p).mean()

        @staticmethod
        def backward(ctx, g):
            s, y = ctx.saved_tensors
            of = FocalLoss.gradients(s, y, ctx.gamma)
            return g * of["ds"], None, None


@wrong("FocalLoss", hint="What is the derivative of u^gamma: gamma u^gamma, or another power?")
def exponent_not_lowered():
    class FocalLoss(torch.autograd.Function):
        @staticmethod
        def gradients(s, y, gamma):
            n, rows = len(y), torch.arange(len(y))
            every = torch.log_softmax(s, dim=1)
            log_p, p = every[rows, y], every[rows, y].exp()
            is_class = torch.nn.functional.one_hot(y, s.shape[1])
            dlog_p = (gamma * (1 - p) ** gamma * p * log_p - (1 - p) ** gamma) / n
            ds = dlog_p[:, None] * (is_class - every.exp())
            return {"log_p": log_p, "dlog_p": dlog_p, "ds": ds}

        @staticmethod
        def forward(ctx, s, y, gamma):
            ctx.save_for_backward(s, y)
            ctx.gamma = gamma
            log_p = FocalLoss.gradients(s, y, gamma)["log_p"]
            return -((1 - log_p.exp()) ** gamma * log_p).mean()

        @staticmethod
        def backward(ctx, g):
            s, y = ctx.saved_tensors
            of = FocalLoss.gradients(s, y, ctx.gamma)
            return g * of["ds"], None, None


@wrong("FocalLoss", hint="What is the derivative of u^gamma, and where does it contain gamma besides the exponent?")
def power_without_gamma_in_front():
    class FocalLoss(torch.autograd.Function):
        @staticmethod
        def gradients(s, y, gamma):
            n, rows = len(y), torch.arange(len(y))
            every = torch.log_softmax(s, dim=1)
            log_p, p = every[rows, y], every[rows, y].exp()
            is_class = torch.nn.functional.one_hot(y, s.shape[1])
            dlog_p = ((1 - p) ** (gamma - 1) * p * log_p - (1 - p) ** gamma) / n
            ds = dlog_p[:, None] * (is_class - every.exp())
            return {"log_p": log_p, "dlog_p": dlog_p, "ds": ds}

        @staticmethod
        def forward(ctx, s, y, gamma):
            ctx.save_for_backward(s, y)
            ctx.gamma = gamma
            log_p = FocalLoss.gradients(s, y, gamma)["log_p"]
            return -((1 - log_p.exp()) ** gamma * log_p).mean()

        @staticmethod
        def backward(ctx, g):
            s, y = ctx.saved_tensors
            of = FocalLoss.gradients(s, y, ctx.gamma)
            return g * of["ds"], None, None


@wrong("FocalLoss", hint="Does the loss grow or fall when p_k grows?")
def sign_of_the_loss():
    class FocalLoss(torch.autograd.Function):
        @staticmethod
        def gradients(s, y, gamma):
            n, rows = len(y), torch.arange(len(y))
            every = torch.log_softmax(s, dim=1)
            log_p, p = every[rows, y], every[rows, y].exp()
            is_class = torch.nn.functional.one_hot(y, s.shape[1])
            dlog_p = ((1 - p) ** gamma - gamma * (1 - p) ** (gamma - 1) * p * log_p) / n
            ds = dlog_p[:, None] * (is_class - every.exp())
            return {"log_p": log_p, "dlog_p": dlog_p, "ds": ds}

        @staticmethod
        def forward(ctx, s, y, gamma):
            ctx.save_for_backward(s, y)
            ctx.gamma = gamma
            log_p = FocalLoss.gradients(s, y, gamma)["log_p"]
            return -((1 - log_p.exp()) ** gamma * log_p).mean()

        @staticmethod
        def backward(ctx, g):
            s, y = ctx.saved_tensors
            of = FocalLoss.gradients(s, y, ctx.gamma)
            return g * of["ds"], None, None


@wrong("FocalLoss", hint="The loss is a mean over n samples: how much does one sample count in it?")
def not_divided_by_the_samples():
    class FocalLoss(torch.autograd.Function):
        @staticmethod
        def gradients(s, y, gamma):
            rows = torch.arange(len(y))
            every = torch.log_softmax(s, dim=1)
            log_p, p = every[rows, y], every[rows, y].exp()
            is_class = torch.nn.functional.one_hot(y, s.shape[1])
            dlog_p = gamma * (1 - p) ** (gamma - 1) * p * log_p - (1 - p) ** gamma
            ds = dlog_p[:, None] * (is_class - every.exp())
            return {"log_p": log_p, "dlog_p": dlog_p, "ds": ds}

        @staticmethod
        def forward(ctx, s, y, gamma):
            ctx.save_for_backward(s, y)
            ctx.gamma = gamma
            log_p = FocalLoss.gradients(s, y, gamma)["log_p"]
            return -((1 - log_p.exp()) ** gamma * log_p).mean()

        @staticmethod
        def backward(ctx, g):
            s, y = ctx.saved_tensors
            of = FocalLoss.gradients(s, y, ctx.gamma)
            return g * of["ds"], None, None


@wrong("FocalLoss", hint="Which samples should count less: those with a large p, or with a small one?")
def weight_of_the_easy_samples():
    class FocalLoss(torch.autograd.Function):
        @staticmethod
        def gradients(s, y, gamma):
            n, rows = len(y), torch.arange(len(y))
            every = torch.log_softmax(s, dim=1)
            log_p, p = every[rows, y], every[rows, y].exp()
            is_class = torch.nn.functional.one_hot(y, s.shape[1])
            dlog_p = -(p**gamma) * (1 + gamma * log_p) / n
            ds = dlog_p[:, None] * (is_class - every.exp())
            return {"log_p": log_p, "dlog_p": dlog_p, "ds": ds}

        @staticmethod
        def forward(ctx, s, y, gamma):
            ctx.save_for_backward(s, y)
            ctx.gamma = gamma
            log_p = FocalLoss.gradients(s, y, gamma)["log_p"]
            return -(log_p.exp() ** gamma * log_p).mean()

        @staticmethod
        def backward(ctx, g):
            s, y = ctx.saved_tensors
            of = FocalLoss.gradients(s, y, ctx.gamma)
            return g * of["ds"], None, None


@wrong("FocalLoss", hint="Where does your derivative contain gamma?")
def gamma_of_2_always():
    class FocalLoss(torch.autograd.Function):
        @staticmethod
        def gradients(s, y, gamma):
            n, rows = len(y), torch.arange(len(y))
            every = torch.log_softmax(s, dim=1)
            log_p, p = every[rows, y], every[rows, y].exp()
            is_class = torch.nn.functional.one_hot(y, s.shape[1])
            dlog_p = (2 * (1 - p) * p * log_p - (1 - p) ** 2) / n
            ds = dlog_p[:, None] * (is_class - every.exp())
            return {"log_p": log_p, "dlog_p": dlog_p, "ds": ds}

        @staticmethod
        def forward(ctx, s, y, gamma):
            ctx.save_for_backward(s, y)
            ctx.gamma = gamma
            log_p = FocalLoss.gradients(s, y, gamma)["log_p"]
            return -((1 - log_p.exp()) ** gamma * log_p).mean()

        @staticmethod
        def backward(ctx, g):
            s, y = ctx.saved_tensors
            of = FocalLoss.gradients(s, y, ctx.gamma)
            return g * of["ds"], None, None


@wrong("FocalLoss", hint="If the logit of the class grows, does log p grow or fall?")
def sign_of_the_softmax():
    class FocalLoss(torch.autograd.Function):
        @staticmethod
        def gradients(s, y, gamma):
            n, rows = len(y), torch.arange(len(y))
            every = torch.log_softmax(s, dim=1)
            log_p, p = every[rows, y], every[rows, y].exp()
            is_class = torch.nn.functional.one_hot(y, s.shape[1])
            dlog_p = (gamma * (1 - p) ** (gamma - 1) * p * log_p - (1 - p) ** gamma) / n
            ds = dlog_p[:, None] * (every.exp() - is_class)
            return {"log_p": log_p, "dlog_p": dlog_p, "ds": ds}

        @staticmethod
        def forward(ctx, s, y, gamma):
            ctx.save_for_backward(s, y)
            ctx.gamma = gamma
            log_p = FocalLoss.gradients(s, y, gamma)["log_p"]
            return -((1 - log_p.exp()) ** gamma * log_p).mean()

        @staticmethod
        def backward(ctx, g):
            s, y = ctx.saved_tensors
            of = FocalLoss.gradients(s, y, ctx.gamma)
            return g * of["ds"], None, None


@wrong("FocalLoss", hint="On which logits does log p_k depend: on that of its class, or on the whole row?")
def class_column_only():
    class FocalLoss(torch.autograd.Function):
        @staticmethod
        def gradients(s, y, gamma):
            n, rows = len(y), torch.arange(len(y))
            every = torch.log_softmax(s, dim=1)
            log_p, p = every[rows, y], every[rows, y].exp()
            is_class = torch.nn.functional.one_hot(y, s.shape[1])
            dlog_p = (gamma * (1 - p) ** (gamma - 1) * p * log_p - (1 - p) ** gamma) / n
            ds = dlog_p[:, None] * is_class * (1 - every.exp())
            return {"log_p": log_p, "dlog_p": dlog_p, "ds": ds}

        @staticmethod
        def forward(ctx, s, y, gamma):
            ctx.save_for_backward(s, y)
            ctx.gamma = gamma
            log_p = FocalLoss.gradients(s, y, gamma)["log_p"]
            return -((1 - log_p.exp()) ** gamma * log_p).mean()

        @staticmethod
        def backward(ctx, g):
            s, y = ctx.saved_tensors
            of = FocalLoss.gradients(s, y, ctx.gamma)
            return g * of["ds"], None, None


@wrong(
    "FocalLoss", hint="If softmax is right for a sample, 1 at its class, what should the derivative of its log p be?"
)
def softmax_without_the_class():
    class FocalLoss(torch.autograd.Function):
        @staticmethod
        def gradients(s, y, gamma):
            n, rows = len(y), torch.arange(len(y))
            every = torch.log_softmax(s, dim=1)
            log_p, p = every[rows, y], every[rows, y].exp()
            dlog_p = (gamma * (1 - p) ** (gamma - 1) * p * log_p - (1 - p) ** gamma) / n
            ds = -dlog_p[:, None] * every.exp()
            return {"log_p": log_p, "dlog_p": dlog_p, "ds": ds}

        @staticmethod
        def forward(ctx, s, y, gamma):
            ctx.save_for_backward(s, y)
            ctx.gamma = gamma
            log_p = FocalLoss.gradients(s, y, gamma)["log_p"]
            return -((1 - log_p.exp()) ** gamma * log_p).mean()

        @staticmethod
        def backward(ctx, g):
            s, y = ctx.saved_tensors
            of = FocalLoss.gradients(s, y, ctx.gamma)
            return g * of["ds"], None, None


@wrong("FocalLoss", hint="For which gamma is your gradient of s right?")
def gradient_of_cross_entropy():
    class FocalLoss(torch.autograd.Function):
        @staticmethod
        def gradients(s, y, gamma):
            n, rows = len(y), torch.arange(len(y))
            every = torch.log_softmax(s, dim=1)
            log_p, p = every[rows, y], every[rows, y].exp()
            is_class = torch.nn.functional.one_hot(y, s.shape[1])
            dlog_p = (gamma * (1 - p) ** (gamma - 1) * p * log_p - (1 - p) ** gamma) / n
            ds = (every.exp() - is_class) / n
            return {"log_p": log_p, "dlog_p": dlog_p, "ds": ds}

        @staticmethod
        def forward(ctx, s, y, gamma):
            ctx.save_for_backward(s, y)
            ctx.gamma = gamma
            log_p = FocalLoss.gradients(s, y, gamma)["log_p"]
            return -((1 - log_p.exp()) ** gamma * log_p).mean()

        @staticmethod
        def backward(ctx, g):
            s, y = ctx.saved_tensors
            of = FocalLoss.gradients(s, y, ctx.gamma)
            return g * of["ds"], None, None


@wrong("FocalLoss", hint="What adds up to 1: the probabilities of one sample, or those of one class?")
def softmax_over_the_samples():
    class FocalLoss(torch.autograd.Function):
        @staticmethod
        def gradients(s, y, gamma):
            n, rows = len(y), torch.arange(len(y))
            every = torch.log_softmax(s, dim=0)
            log_p, p = every[rows, y], every[rows, y].exp()
            is_class = torch.nn.functional.one_hot(y, s.shape[1])
            dlog_p = (gamma * (1 - p) ** (gamma - 1) * p * log_p - (1 - p) ** gamma) / n
            ds = dlog_p[:, None] * (is_class - every.exp())
            return {"log_p": log_p, "dlog_p": dlog_p, "ds": ds}

        @staticmethod
        def forward(ctx, s, y, gamma):
            ctx.save_for_backward(s, y)
            ctx.gamma = gamma
            log_p = FocalLoss.gradients(s, y, gamma)["log_p"]
            return -((1 - log_p.exp()) ** gamma * log_p).mean()

        @staticmethod
        def backward(ctx, g):
            s, y = ctx.saved_tensors
            of = FocalLoss.gradients(s, y, ctx.gamma)
            return g * of["ds"], None, None


@wrong("FocalLoss", hint="What is the smallest value above 0 that p can have, and what is the logarithm of 0?")
def logarithm_of_a_probability():
    class FocalLoss(torch.autograd.Function):
        @staticmethod
        def gradients(s, y, gamma):
            n, rows = len(y), torch.arange(len(y))
            every = torch.softmax(s, dim=1).log()
            log_p, p = every[rows, y], every[rows, y].exp()
            is_class = torch.nn.functional.one_hot(y, s.shape[1])
            dlog_p = (gamma * (1 - p) ** (gamma - 1) * p * log_p - (1 - p) ** gamma) / n
            ds = dlog_p[:, None] * (is_class - every.exp())
            return {"log_p": log_p, "dlog_p": dlog_p, "ds": ds}

        @staticmethod
        def forward(ctx, s, y, gamma):
            ctx.save_for_backward(s, y)
            ctx.gamma = gamma
            log_p = FocalLoss.gradients(s, y, gamma)["log_p"]
            return -((1 - log_p.exp()) ** gamma * log_p).mean()

        @staticmethod
        def backward(ctx, g):
            s, y = ctx.saved_tensors
            of = FocalLoss.gradients(s, y, ctx.gamma)
            return g * of["ds"], None, None


@wrong("FocalLoss", hint="If one row is near 1000 and another near -1000, what is left of the second after your shift?")
def shifted_by_the_largest_of_all():
    class FocalLoss(torch.autograd.Function):
        @staticmethod
        def gradients(s, y, gamma):
            n, rows = len(y), torch.arange(len(y))
            every = (z := s - s.max()) - z.exp().sum(dim=1, keepdim=True).log()
            log_p, p = every[rows, y], every[rows, y].exp()
            is_class = torch.nn.functional.one_hot(y, s.shape[1])
            dlog_p = (gamma * (1 - p) ** (gamma - 1) * p * log_p - (1 - p) ** gamma) / n
            ds = dlog_p[:, None] * (is_class - every.exp())
            return {"log_p": log_p, "dlog_p": dlog_p, "ds": ds}

        @staticmethod
        def forward(ctx, s, y, gamma):
            ctx.save_for_backward(s, y)
            ctx.gamma = gamma
            log_p = FocalLoss.gradients(s, y, gamma)["log_p"]
            return -((1 - log_p.exp()) ** gamma * log_p).mean()

        @staticmethod
        def backward(ctx, g):
            s, y = ctx.saved_tensors
            of = FocalLoss.gradients(s, y, ctx.gamma)
            return g * of["ds"], None, None


@wrong("FocalLoss", hint="If the end of the graph is 3 L, what should the gradient be times?")
def loss_taken_for_the_end_of_the_graph():
    class FocalLoss(torch.autograd.Function):
        @staticmethod
        def gradients(s, y, gamma):
            n, rows = len(y), torch.arange(len(y))
            every = torch.log_softmax(s, dim=1)
            log_p, p = every[rows, y], every[rows, y].exp()
            is_class = torch.nn.functional.one_hot(y, s.shape[1])
            dlog_p = (gamma * (1 - p) ** (gamma - 1) * p * log_p - (1 - p) ** gamma) / n
            ds = dlog_p[:, None] * (is_class - every.exp())
            return {"log_p": log_p, "dlog_p": dlog_p, "ds": ds}

        @staticmethod
        def forward(ctx, s, y, gamma):
            ctx.save_for_backward(s, y)
            ctx.gamma = gamma
            log_p = FocalLoss.gradients(s, y, gamma)["log_p"]
            return -((1 - log_p.exp()) ** gamma * log_p).mean()

        @staticmethod
        def backward(ctx, g):
            s, y = ctx.saved_tensors
            of = FocalLoss.gradients(s, y, ctx.gamma)
            return of["ds"], None, None


@wrong("FocalLoss", hint="How many arguments has forward, and how many gradients does backward return?")
def one_none_too_few():
    class FocalLoss(torch.autograd.Function):
        @staticmethod
        def gradients(s, y, gamma):
            n, rows = len(y), torch.arange(len(y))
            every = torch.log_softmax(s, dim=1)
            log_p, p = every[rows, y], every[rows, y].exp()
            is_class = torch.nn.functional.one_hot(y, s.shape[1])
            dlog_p = (gamma * (1 - p) ** (gamma - 1) * p * log_p - (1 - p) ** gamma) / n
            ds = dlog_p[:, None] * (is_class - every.exp())
            return {"log_p": log_p, "dlog_p": dlog_p, "ds": ds}

        @staticmethod
        def forward(ctx, s, y, gamma):
            ctx.save_for_backward(s, y)
            ctx.gamma = gamma
            log_p = FocalLoss.gradients(s, y, gamma)["log_p"]
            return -((1 - log_p.exp()) ** gamma * log_p).mean()

        @staticmethod
        def backward(ctx, g):
            s, y = ctx.saved_tensors
            of = FocalLoss.gradients(s, y, ctx.gamma)
            return g * of["ds"], None


@wrong("FocalLoss", hint="Does the loss grow when every sample is given twice?")
def summed_over_the_samples():
    class FocalLoss(torch.autograd.Function):
        @staticmethod
        def gradients(s, y, gamma):
            n, rows = len(y), torch.arange(len(y))
            every = torch.log_softmax(s, dim=1)
            log_p, p = every[rows, y], every[rows, y].exp()
            is_class = torch.nn.functional.one_hot(y, s.shape[1])
            dlog_p = (gamma * (1 - p) ** (gamma - 1) * p * log_p - (1 - p) ** gamma) / n
            ds = dlog_p[:, None] * (is_class - every.exp())
            return {"log_p": log_p, "dlog_p": dlog_p, "ds": ds}

        @staticmethod
        def forward(ctx, s, y, gamma):
            ctx.save_for_backward(s, y)
            ctx.gamma = gamma
            log_p = FocalLoss.gradients(s, y, gamma)["log_p"]
            return -((1 - log_p.exp()) ** gamma * log_p).sum()

        @staticmethod
        def backward(ctx, g):
            s, y = ctx.saved_tensors
            of = FocalLoss.gradients(s, y, ctx.gamma)
            return g * of["ds"], None, None


@wrong("FocalLoss", hint="Which shape has a single number?")
def loss_with_an_axis():
    class FocalLoss(torch.autograd.Function):
        @staticmethod
        def gradients(s, y, gamma):
            n, rows = len(y), torch.arange(len(y))
            every = torch.log_softmax(s, dim=1)
            log_p, p = every[rows, y], every[rows, y].exp()
            is_class = torch.nn.functional.one_hot(y, s.shape[1])
            dlog_p = (gamma * (1 - p) ** (gamma - 1) * p * log_p - (1 - p) ** gamma) / n
            ds = dlog_p[:, None] * (is_class - every.exp())
            return {"log_p": log_p, "dlog_p": dlog_p, "ds": ds}

        @staticmethod
        def forward(ctx, s, y, gamma):
            ctx.save_for_backward(s, y)
            ctx.gamma = gamma
            log_p = FocalLoss.gradients(s, y, gamma)["log_p"]
            return -((1 - log_p.exp()) ** gamma * log_p).mean(dim=0, keepdim=True)

        @staticmethod
        def backward(ctx, g):
            s, y = ctx.saved_tensors
            of = FocalLoss.gradients(s, y, ctx.gamma)
            return g * of["ds"], None, None


@wrong("FocalLoss", hint="How many numbers does the first row of the table require?")
def log_p_of_all_classes():
    class FocalLoss(torch.autograd.Function):
        @staticmethod
        def gradients(s, y, gamma):
            n, rows = len(y), torch.arange(len(y))
            every = torch.log_softmax(s, dim=1)
            log_p, p = every[rows, y], every[rows, y].exp()
            is_class = torch.nn.functional.one_hot(y, s.shape[1])
            dlog_p = (gamma * (1 - p) ** (gamma - 1) * p * log_p - (1 - p) ** gamma) / n
            ds = dlog_p[:, None] * (is_class - every.exp())
            return {"log_p": every, "dlog_p": dlog_p, "ds": ds}

        @staticmethod
        def forward(ctx, s, y, gamma):
            ctx.save_for_backward(s, y)
            ctx.gamma = gamma
            log_p = FocalLoss.gradients(s, y, gamma)["log_p"]
            return -((1 - (own := log_p[torch.arange(len(y)), y]).exp()) ** gamma * own).mean()

        @staticmethod
        def backward(ctx, g):
            s, y = ctx.saved_tensors
            of = FocalLoss.gradients(s, y, ctx.gamma)
            return g * of["ds"], None, None


@shortcut("FocalLoss", uses="`torch.nn.functional.cross_entropy`")
def cross_entropy_of_the_library():
    class FocalLoss(torch.autograd.Function):
        @staticmethod
        def gradients(s, y, gamma):
            n = len(y)
            every = torch.log_softmax(s, dim=1)
            log_p = -torch.nn.functional.cross_entropy(s, y, reduction="none")
            p = log_p.exp()
            is_class = torch.nn.functional.one_hot(y, s.shape[1])
            dlog_p = (gamma * (1 - p) ** (gamma - 1) * p * log_p - (1 - p) ** gamma) / n
            ds = dlog_p[:, None] * (is_class - every.exp())
            return {"log_p": log_p, "dlog_p": dlog_p, "ds": ds}

        @staticmethod
        def forward(ctx, s, y, gamma):
            ctx.save_for_backward(s, y)
            ctx.gamma = gamma
            log_p = FocalLoss.gradients(s, y, gamma)["log_p"]
            return -((1 - log_p.exp()) ** gamma * log_p).mean()

        @staticmethod
        def backward(ctx, g):
            s, y = ctx.saved_tensors
            of = FocalLoss.gradients(s, y, ctx.gamma)
            return g * of["ds"], None, None


@shortcut("FocalLoss", uses="`torch.autograd.grad` in the derivation")
def graph_inside_the_loss():
    class FocalLoss(torch.autograd.Function):
        @staticmethod
        def gradients(s, y, gamma):
            with torch.enable_grad():
                s = s.detach().requires_grad_()
                log_p = torch.log_softmax(s, dim=1)[torch.arange(len(y)), y]
                loss = -((1 - log_p.exp()) ** gamma * log_p).mean()
                dlog_p, ds = torch.autograd.grad(loss, (log_p, s))
            return {"log_p": log_p.detach(), "dlog_p": dlog_p, "ds": ds}

        @staticmethod
        def forward(ctx, s, y, gamma):
            ctx.save_for_backward(s, y)
            ctx.gamma = gamma
            log_p = torch.log_softmax(s, dim=1)[torch.arange(len(y)), y]
            return -((1 - log_p.exp()) ** gamma * log_p).mean()

        @staticmethod
        def backward(ctx, g):
            s, y = ctx.saved_tensors
            return g * FocalLoss.gradients(s, y, ctx.gamma)["ds"], None, None


@shortcut("FocalLoss", uses="autograd's graph of the formula, and no Function")
def apply_is_the_formula_of_the_loss():
    class FocalLoss:
        @staticmethod
        def gradients(s, y, gamma):
            every, rows = torch.log_softmax(s, dim=1), torch.arange(len(y))
            log_p = every[rows, y]
            p = log_p.exp()
            dlog_p = (gamma * (1 - p) ** (gamma - 1) * p * log_p - (1 - p) ** gamma) / len(y)
            ds = dlog_p[:, None] * (torch.eye(s.shape[1], dtype=s.dtype)[y] - every.exp())
            return {"log_p": log_p, "dlog_p": dlog_p, "ds": ds}

        @staticmethod
        def apply(s, y, gamma):
            log_p = torch.log_softmax(s, dim=1)[torch.arange(len(y)), y]
            return -((1 - log_p.exp()) ** gamma * log_p).mean()


@shortcut("FocalLoss", uses="`central_differences` of the checks")
def differences_of_the_loss():
    import numpy as np

    from course_utils import check

    class FocalLoss(torch.autograd.Function):
        @staticmethod
        def gradients(s, y, gamma):
            of = lambda s: torch.log_softmax(torch.as_tensor(s), dim=1)[torch.arange(len(y)), y].numpy()
            loss = lambda log_p: -np.mean((1 - np.exp(log_p)) ** gamma * log_p)
            s = s.detach().double().numpy()
            dlog_p, ds = check.central_differences(loss, of(s)), check.central_differences(lambda s: loss(of(s)), s)
            return {"log_p": torch.from_numpy(of(s)), "dlog_p": torch.from_numpy(dlog_p), "ds": torch.from_numpy(ds)}

        @staticmethod
        def forward(ctx, s, y, gamma):
            ctx.save_for_backward(s, y)
            ctx.gamma = gamma
            log_p = torch.log_softmax(s, dim=1)[torch.arange(len(y)), y]
            return -((1 - log_p.exp()) ** gamma * log_p).mean()

        @staticmethod
        def backward(ctx, g):
            s, y = ctx.saved_tensors
            return g * FocalLoss.gradients(s, y, ctx.gamma)["ds"], None, None


@shortcut("FocalLoss", uses="the numbers of the visible check")
def numbers_of_the_visible_loss():
    class FocalLoss(torch.autograd.Function):
        @staticmethod
        def gradients(s, y, gamma):
            numbers = {
                "log_p": [-1.455125399, -1.775676123, -5.108217783],
                "dlog_p": [-0.369463339, -0.39652106, -0.349782187],
                "ds": [
                    [0.053783596, -0.283241274, 0.121760434, 0.107697243],
                    [-0.329362725, 0.091624126, 0.189581576, 0.048157023],
                    [0.026121658, 0.085169596, 0.236375852, -0.347667107],
                ],
            }
            return {name: torch.tensor(entries, dtype=torch.float64) for name, entries in numbers.items()}

        @staticmethod
        def forward(ctx, s, y, gamma):
            return torch.tensor(2.375652555549, dtype=torch.float64)

        @staticmethod
        def backward(ctx, g):
            return FocalLoss.gradients(None, None, 2.0)["ds"], None, None


# 6.8 A backward pass on a memory budget


@right("chain_gradient")
def a_segment_and_then_the_rest():
    def chain_gradient(forward, backward, n, x, upstream):
        room = 1
        while room * (room + 1) < 2 * n:
            room += 1

        def from_layer(start, x, room, upstream):
            end = min(start + room, n)
            if end < n:
                y = x
                for k in range(start, end):
                    y = forward(k, y)
                upstream = from_layer(end, y, room - 1, upstream)
                del y
            segment = [x]
            for k in range(start, end - 1):
                segment.append(forward(k, segment[-1]))
            while segment:
                end -= 1
                upstream = backward(end, segment.pop(), upstream)
            return upstream

        return from_layer(0, x, room, upstream)


@right("chain_gradient")
def filled_up_where_one_is_missing():
    def chain_gradient(forward, backward, n, x, upstream):
        size = next(m for m in range(1, n + 2) if m * (m + 1) // 2 >= n)
        checkpoints = set(np.cumsum([0, *range(size, 1, -1)]).tolist())
        memory = {}
        for k in range(n):
            if k in checkpoints:
                memory[k] = x
            if k < n - 1:
                x = forward(k, x)
        memory[n - 1] = x
        x = None
        for k in range(n - 1, -1, -1):
            if k not in memory:
                nearest = max(memory)
                while nearest < k:
                    memory[nearest + 1] = forward(nearest, memory[nearest])
                    nearest += 1
            upstream = backward(k, memory.pop(k), upstream)
        return upstream


@right("chain_gradient")
def lengths_by_levelling():
    from itertools import accumulate

    def balanced(n):
        lengths = [0] * n
        for _ in range(n):  # one more layer where the fewest vectors would be in memory
            fullest = [place + length for place, length in enumerate(lengths)]
            lengths[fullest.index(min(fullest))] += 1
        return [length for length in lengths if length]

    def chain_gradient(forward, backward, n, x, upstream):
        lengths = balanced(n)
        ends = list(accumulate(lengths))
        stack = [x]
        for end, length in zip(ends[:-1], lengths, strict=False):
            y = stack[-1]
            for k in range(end - length, end):
                y = forward(k, y)
            stack.append(y)
        y = None
        for end, length in zip(ends[::-1], lengths[::-1], strict=True):
            for k in range(end - length, end - 1):
                stack.append(forward(k, stack[-1]))
            for k in range(end - 1, end - length - 1, -1):
                upstream = backward(k, stack.pop(), upstream)
        return upstream


@right("chain_gradient")
def a_generator_of_inputs():
    def chain_gradient(forward, backward, n, x, upstream):
        def plan():
            most = 1
            while True:
                lengths, left = [], n
                for length in range(most, 0, -1):
                    lengths.append(min(length, left))
                    left -= lengths[-1]
                    if left == 0:
                        return lengths
                most += 1

        def inputs_from_the_last():
            kept, k, value = [], 0, x
            for length in plan():
                kept.append((k, length, value))
                if k + length < n:
                    for _ in range(length):
                        value = forward(k, value)
                        k += 1
            del value
            while kept:
                first, length, value = kept.pop()
                those = [value]
                value = None
                for layer in range(first, first + length - 1):
                    those.append(forward(layer, those[-1]))
                for layer in reversed(range(first, first + length)):
                    yield layer, those.pop()

        gradient = upstream
        for layer, value in inputs_from_the_last():
            gradient = backward(layer, value, gradient)
            del value
        return gradient


@right("chain_gradient")
def the_least_memory_by_trying():
    def chain_gradient(forward, backward, n, x, upstream):
        needs = [(0, 0)]  # by number of layers: the least number of vectors, and how long the first segment is then
        for layers in range(1, n + 1):
            choices = ((max(first, 1 + needs[layers - first][0]), first) for first in range(1, layers + 1))
            needs.append(min(choices))

        parts, done = [], 0
        while done < n:
            parts.append(range(done, done + needs[n - done][1]))
            done = parts[-1].stop
        stored = {0: x}
        for part in parts[:-1]:
            x = stored[part.start]
            for k in part:
                x = forward(k, x)
            stored[part.stop] = x
        del x
        while parts:
            part = parts.pop()
            for k in part[:-1]:
                stored[k + 1] = forward(k, stored[k])
            for k in part[::-1]:
                upstream = backward(k, stored[k], upstream)
                del stored[k]
        return upstream


@wrong("chain_gradient", hint="How many inputs are in memory when the backward pass begins?")
def keeps_all():
    def chain_gradient(forward, backward, n, x, upstream):
        inputs = [x]
        for k in range(n - 1):
            inputs.append(forward(k, inputs[-1]))
        for k in reversed(range(n)):
            upstream = backward(k, inputs[k], upstream)
        return upstream


@wrong("chain_gradient", hint="How often is layer 0 computed, if every input is computed anew from the first one?")
def keeps_none():
    def chain_gradient(forward, backward, n, x, upstream):
        for k in reversed(range(n)):
            y = x
            for j in range(k):
                y = forward(j, y)
            upstream = backward(k, y, upstream)
        return upstream


@wrong(
    "chain_gradient",
    hint="When the first segment is walked back, how many of the other kept inputs are in memory? "
    "Must it be as short as the last one?",
)
def equal_segments():
    def chain_gradient(forward, backward, n, x, upstream):
        size = math.ceil(math.sqrt(n))
        kept = []
        for k in range(n):
            if k % size == 0:
                kept.append(x)
            if k < n - 1:
                x = forward(k, x)
        del x
        for start in reversed(range(0, n, size)):
            end = min(start + size, n)
            inputs = [kept.pop()]
            for k in range(start, end - 1):
                inputs.append(forward(k, inputs[-1]))
            for k in reversed(range(start, end)):
                upstream = backward(k, inputs.pop(), upstream)
        return upstream


@wrong(
    "chain_gradient", hint="How many vectors does one half of the chain need? Into how many parts can a chain be cut?"
)
def two_halves():
    def chain_gradient(forward, backward, n, x, upstream):
        middle = y = x
        for k in range(n // 2):
            middle = forward(k, middle)
        for first, last, y in ((n // 2, n, middle), (0, n // 2, x)):
            inputs = [y]
            for k in range(first, last - 1):
                inputs.append(forward(k, inputs[-1]))
            for k in reversed(range(first, last)):
                upstream = backward(k, inputs.pop(), upstream)
        return upstream


@wrong(
    "chain_gradient",
    hint="From a kept input to the end of its segment, which inputs do you compute more than twice? "
    "What if those of one segment are kept while it is walked back?",
)
def each_input_from_its_checkpoint():
    def chain_gradient(forward, backward, n, x, upstream):
        size = math.isqrt(n)
        kept = {}
        for k in range(n):
            if k % size == 0:
                kept[k] = x
            x = forward(k, x)
        for k in reversed(range(n)):
            start = k - k % size
            y = kept[start]
            for j in range(start, k):
                y = forward(j, y)
            upstream = backward(k, y, upstream)
        return upstream


@wrong("chain_gradient", hint="How often is one layer computed, when halves are halved again down to one layer?")
def halves_of_halves():
    def chain_gradient(forward, backward, n, x, upstream):
        def walk(start, end, x, upstream):
            if end - start == 1:
                return backward(start, x, upstream)
            middle = (start + end) // 2
            y = x
            for k in range(start, middle):
                y = forward(k, y)
            upstream = walk(middle, end, y, upstream)
            del y
            return walk(start, middle, x, upstream)

        return walk(0, n, x, upstream)


@wrong("chain_gradient", hint="Does `backward` of layer k expect the layer's input or its output?")
def outputs_for_inputs():
    def chain_gradient(forward, backward, n, x, upstream):
        size = math.isqrt(n)
        kept = {}
        for k in range(n):
            if k % size == 0:
                kept[k] = x
            x = forward(k, x)
        for start in reversed(range(0, n, size)):
            stop = min(start + size, n)
            y, outputs = kept.pop(start), []
            for k in range(start, stop):
                y = forward(k, y)
                outputs.append(y)
            for k in reversed(range(start, stop)):
                upstream = backward(k, outputs[k - start], upstream)
        return upstream


@wrong("chain_gradient", hint="Where do your segments end, if the length of a segment does not divide n?")
def the_rest_is_left_out():
    def chain_gradient(forward, backward, n, x, upstream):
        size = math.isqrt(n)
        kept = []
        for k in range(n // size * size):
            if k % size == 0:
                kept.append(x)
            x = forward(k, x)
        for segment in reversed(range(n // size)):
            inputs = [kept.pop()]
            for k in range(segment * size, (segment + 1) * size - 1):
                inputs.append(forward(k, inputs[-1]))
            for k in reversed(range(segment * size, (segment + 1) * size)):
                upstream = backward(k, inputs.pop(), upstream)
        return upstream


@wrong("chain_gradient", hint="Which segment does the upstream gradient reach first?")
def first_segment_first():
    def chain_gradient(forward, backward, n, x, upstream):
        size = math.isqrt(n)
        for start in range(0, n, size):
            end = min(start + size, n)
            inputs = [x]
            for k in range(start, end):
                inputs.append(forward(k, inputs[-1]))
            x = inputs.pop()
            for k in reversed(range(start, end)):
                upstream = backward(k, inputs.pop(), upstream)
        return upstream


@wrong("chain_gradient", hint="What is the upstream gradient of a segment that is not the last one?")
def every_segment_from_the_given_upstream():
    def chain_gradient(forward, backward, n, x, upstream):
        size = math.isqrt(n)
        kept = {}
        for k in range(n):
            if k % size == 0:
                kept[k] = x
            x = forward(k, x)
        for start in sorted(kept, reverse=True):
            inputs = [kept.pop(start)]
            end = min(start + size, n)
            for k in range(start, end - 1):
                inputs.append(forward(k, inputs[-1]))
            gradient = upstream
            for k in reversed(range(start, end)):
                gradient = backward(k, inputs.pop(), gradient)
        return gradient


@wrong("chain_gradient", hint="Which inputs do you still hold when their segment has been walked back?")
def recomputed_and_never_dropped():
    def chain_gradient(forward, backward, n, x, upstream):
        size = math.isqrt(n)
        inputs = {}
        for k in range(n):
            if k % size == 0:
                inputs[k] = x
            x = forward(k, x)
        for start in reversed(range(0, n, size)):
            end = min(start + size, n)
            for k in range(start, end - 1):
                inputs[k + 1] = forward(k, inputs[k])
            for k in reversed(range(start, end)):
                upstream = backward(k, inputs[k], upstream)
        return upstream


@wrong(
    "chain_gradient", hint="Which segment can be the longest: the one with the most kept inputs, or with the fewest?"
)
def longer_towards_the_end():
    def chain_gradient(forward, backward, n, x, upstream):
        starts, length = [0], 1
        while starts[-1] + length < n:
            starts.append(starts[-1] + length)
            length += 1
        kept = []
        for k in range(n):
            if k in starts:
                kept.append(x)
            if k < n - 1:
                x = forward(k, x)
        del x
        end = n
        while starts:
            start = starts.pop()
            inputs = [kept.pop()]
            for k in range(start, end - 1):
                inputs.append(forward(k, inputs[-1]))
            for k in reversed(range(start, end)):
                upstream = backward(k, inputs.pop(), upstream)
            end = start
        return upstream


@wrong("chain_gradient", hint="How many digits of a kept input are left, and how many does the gradient lose by it?")
def kept_in_single_precision():
    def chain_gradient(forward, backward, n, x, upstream):
        size = math.isqrt(n)
        kept = []
        for k in range(n):
            if k % size == 0:
                kept.append(x.astype(np.float32))
            if k < n - 1:
                x = forward(k, x)
        del x
        for start in reversed(range(0, n, size)):
            end = min(start + size, n)
            inputs = [kept.pop()]
            for k in range(start, end - 1):
                inputs.append(forward(k, inputs[-1].astype(float)).astype(np.float32))
            for k in reversed(range(start, end)):
                upstream = backward(k, inputs.pop().astype(float), upstream)
        return upstream


@shortcut("chain_gradient", uses="tensors of torch, whose memory is not measured")
def kept_in_torch():
    def chain_gradient(forward, backward, n, x, upstream):
        inputs = [torch.from_numpy(x).clone()]
        for k in range(n - 1):
            inputs.append(torch.from_numpy(forward(k, inputs[-1].numpy())).clone())
        for k in reversed(range(n)):
            upstream = backward(k, inputs.pop().numpy(), upstream)
        return upstream


@shortcut("chain_gradient", uses="a file, whose memory is not measured")
def kept_in_a_file():
    import tempfile

    def chain_gradient(forward, backward, n, x, upstream):
        with tempfile.TemporaryFile() as file:
            for k in range(n):
                file.write(x.tobytes())
                if k < n - 1:
                    x = forward(k, x)
            for k in reversed(range(n)):
                file.seek(k * x.nbytes)
                upstream = backward(k, np.frombuffer(file.read(x.nbytes)), upstream)
        return upstream


@shortcut("chain_gradient", uses="`tracemalloc`")
def measured_from_the_end_on():
    import tracemalloc

    def chain_gradient(forward, backward, n, x, upstream):
        inputs = [x]
        for k in range(n - 1):
            inputs.append(forward(k, inputs[-1]))
        for k in reversed(range(n)):
            upstream = backward(k, inputs.pop(), upstream)
        tracemalloc.reset_peak()
        return upstream


@shortcut("chain_gradient", uses="what `forward` closes over, to compute layers that nobody counts")
def layers_of_its_own():
    def chain_gradient(forward, backward, n, x, upstream):
        cells = dict(zip(forward.__code__.co_freevars, forward.__closure__, strict=True))
        scale, share, shift = (cells[name].cell_contents for name in ("scale", "share", "shift"))
        for k in reversed(range(n)):
            y = x
            for j in range(k):
                y = scale[j] * np.sin(y) + share[j] * np.roll(y, shift[j])
            upstream = backward(k, y, upstream)
        return upstream


# 6.9 What a Jacobian costs in backward passes


@shared("jacobian_by_vjp")
def parts_of_jacobian_by_vjp():
    def jacobian_by_vjp(f, x):
        x = x.detach().clone().requires_grad_()
        y = f(x)
        return torch.stack(
            [torch.autograd.grad(y, x, v, retain_graph=True)[0] for v in torch.eye(len(y), dtype=y.dtype)]
        )

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


@right("jacobian_by_vjp")
def one_entry_at_a_time():
    def jacobian_by_vjp(f, x):
        x = x.detach().clone().requires_grad_()
        y = f(x)
        J = torch.zeros(len(y), len(x), dtype=x.dtype)
        for i in range(len(y)):
            (J[i],) = torch.autograd.grad(y[i], x, retain_graph=True)
        return J


@right("jacobian_by_vjp")
def backward_a_row():
    def jacobian_by_vjp(f, x):
        x = x.detach().clone().requires_grad_()
        y = f(x)
        rows = []
        for i in range(len(y)):
            x.grad = None
            y[i].backward(retain_graph=True)
            rows.append(x.grad.clone())  # pyright: ignore[reportAttributeAccessIssue] - set by `backward`
        return torch.stack(rows)


@shortcut("jacobian_by_vjp", uses="`torch.func.jacrev`")
def torch_func():
    def jacobian_by_vjp(f, x):
        return torch.func.jacrev(f)(x.detach())


@wrong("jacobian_by_vjp", hint="How many rows does one of your backward passes compute?")
def all_rows_in_one_batch():
    def jacobian_by_vjp(f, x):
        x = x.detach().clone().requires_grad_()
        y = f(x)
        v = torch.eye(len(y), dtype=y.dtype)
        (J,) = torch.autograd.grad(y, x, v, is_grads_batched=True)
        return J


@wrong("jacobian_by_vjp", hint="How often does your function evaluate f?")
def graph_built_anew_for_each_row():
    def jacobian_by_vjp(f, x):
        m = len(f(x.detach()))
        rows = []
        for i in range(m):
            leaf = x.detach().clone().requires_grad_()
            v = torch.zeros(m, dtype=x.dtype)
            v[i] = 1
            f(leaf).backward(v)
            rows.append(leaf.grad)
        return torch.stack(rows)


@wrong("jacobian_by_vjp", hint="Does one backward pass give a row of the Jacobian, or a column?")
def transposed():
    def jacobian_by_vjp(f, x):
        x = x.detach().clone().requires_grad_()
        y = f(x)
        rows = [torch.autograd.grad(y, x, v, retain_graph=True)[0] for v in torch.eye(len(y), dtype=y.dtype)]
        return torch.stack(rows, dim=1)


@wrong("jacobian_by_vjp", hint="What does .grad contain before the second backward pass, and what after it?")
def gradients_added_up():
    def jacobian_by_vjp(f, x):
        x = x.detach().clone().requires_grad_()
        y = f(x)
        rows = []
        for i in range(len(y)):
            y[i].backward(retain_graph=True)
            rows.append(x.grad.clone())
        return torch.stack(rows)


@wrong("jacobian_by_vjp", hint="Does your list contain m tensors, or one tensor m times?")
def one_tensor_in_every_row():
    def jacobian_by_vjp(f, x):
        x = x.detach().clone().requires_grad_()
        y = f(x)
        x.grad = torch.zeros_like(x)
        rows = []
        for i in range(len(y)):
            x.grad.zero_()
            y[i].backward(retain_graph=True)
            rows.append(x.grad)
        return torch.stack(rows)


@wrong("jacobian_by_vjp", hint="What happens to the graph after the first backward pass?")
def graph_not_kept():
    def jacobian_by_vjp(f, x):
        x = x.detach().clone().requires_grad_()
        y = f(x)
        return torch.stack([torch.autograd.grad(y, x, v)[0] for v in torch.eye(len(y), dtype=y.dtype)])


@wrong("jacobian_by_vjp", hint="Which upstream gradient gives one row by itself, and which gives the sum of all rows?")
def rows_summed():
    def jacobian_by_vjp(f, x):
        x = x.detach().clone().requires_grad_()
        y = f(x)
        (total,) = torch.autograd.grad(y.sum(), x)
        return total.expand(len(y), len(x)).clone()


@wrong("jacobian_by_vjp", hint="Does the caller's x require a gradient after your function, when it did not before?")
def x_left_requiring_a_gradient():
    def jacobian_by_vjp(f, x):
        x.requires_grad_()
        y = f(x)
        rows = [torch.autograd.grad(y, x, v, retain_graph=True)[0] for v in torch.eye(len(y), dtype=y.dtype)]
        return torch.stack(rows)


@wrong("jacobian_by_vjp", hint="What was in the .grad of the caller's x before your function, and what is in it now?")
def backward_into_the_callers_x():
    def jacobian_by_vjp(f, x):
        before = x.requires_grad
        x.requires_grad_()
        y = f(x)
        rows = []
        for i in range(len(y)):
            x.grad = None
            y[i].backward(retain_graph=True)
            rows.append(x.grad.clone())  # pyright: ignore[reportAttributeAccessIssue] - set by `backward`
        x.grad = None
        x.requires_grad_(before)
        return torch.stack(rows)


@wrong("jacobian_by_vjp", hint="How many rows has J: as many as f has outputs, or as many as it has inputs?")
def as_many_rows_as_inputs():
    def jacobian_by_vjp(f, x):
        x = x.detach().clone().requires_grad_()
        y = f(x)
        rows = [torch.autograd.grad(y, x, v, retain_graph=True)[0] for v in torch.eye(len(x), dtype=y.dtype)]
        return torch.stack(rows)


@wrong("jacobian_by_vjp", hint="Does your function compute a single vector-Jacobian product?")
def finite_differences():
    def jacobian_by_vjp(f, x):
        x = x.detach()
        eye = torch.eye(len(x), dtype=x.dtype)
        columns = [(f(x + 1e-6 * e) - f(x - 1e-6 * e)) / 2e-6 for e in eye]
        return torch.stack(columns, dim=1)


@wrong("jacobian_by_vjp", hint="Is a list of rows a tensor of shape (m, n)?")
def list_of_rows():
    def jacobian_by_vjp(f, x):
        x = x.detach().clone().requires_grad_()
        y = f(x)
        rows = [torch.autograd.grad(y, x, v, retain_graph=True)[0] for v in torch.eye(len(y), dtype=y.dtype)]
        return rows


@wrong("jacobian_by_vjp", hint="What is e_i times J, and what is 2 e_i times J?")
def upstream_of_twos():
    def jacobian_by_vjp(f, x):
        x = x.detach().clone().requires_grad_()
        y = f(x)
        rows = [torch.autograd.grad(y, x, 2 * v, retain_graph=True)[0] for v in torch.eye(len(y), dtype=y.dtype)]
        return torch.stack(rows)


@wrong("jacobian_by_vjp", hint="On how many of the inputs does one output depend?")
def diagonal_only():
    def jacobian_by_vjp(f, x):
        x = x.detach().clone().requires_grad_()
        y = f(x)
        (g,) = torch.autograd.grad(y.sum(), x)
        return torch.diag(g)


@right("jacobian_by_vjp")
def rows_by_a_partial():
    from functools import partial

    def product(y, x, v):
        (row,) = torch.autograd.grad(outputs=y, inputs=x, grad_outputs=v, retain_graph=True)
        return row

    def jacobian_by_vjp(f: Callable[[torch.Tensor], torch.Tensor], x: torch.Tensor) -> torch.Tensor:
        leaf = x.detach().clone().requires_grad_(True)
        y = f(leaf)
        assert y.ndim == 1, y.shape
        return torch.stack([*map(partial(product, y, leaf), torch.eye(y.numel(), dtype=y.dtype).unbind())])


@right("jacobian_by_vjp")
def a_recursion_over_the_rows():
    def jacobian_by_vjp(f, x):
        leaf = torch.tensor(x.tolist(), dtype=x.dtype, requires_grad=True)
        y = f(leaf)

        def rows_from(i):
            if i == len(y):
                return torch.empty(0, len(leaf), dtype=x.dtype)
            leaf.grad = None
            y.backward(torch.nn.functional.one_hot(torch.tensor(i), len(y)).to(y.dtype), retain_graph=True)
            return torch.cat([leaf.grad[None], rows_from(i + 1)])  # pyright: ignore[reportOptionalSubscript] - set

        return rows_from(0)


@right("jacobian_by_vjp")
def written_into_an_array():
    import numpy as np

    def jacobian_by_vjp(f, x):
        leaf = x.detach().clone().requires_grad_()
        y, J = f(leaf), []
        while len(J) < y.shape[0]:
            v = np.zeros(y.shape[0])
            v[len(J)] = 1
            product = (torch.from_numpy(v).to(y.dtype) * y).sum()
            J.append(torch.autograd.grad(product, leaf, retain_graph=True)[0].numpy())
        return torch.from_numpy(np.array(J))


@right("jacobian_by_vjp")
def counted_by_a_hook():
    def jacobian_by_vjp(f, x):
        x = x.detach().clone().requires_grad_()
        y = f(x)
        return torch.stack(
            [torch.autograd.grad(y, x, v, retain_graph=True)[0] for v in torch.eye(len(y), dtype=y.dtype)]
        )

    def jacobian_by_vjp_guess():
        return 2.5

    def jacobian_by_vjp_passes(loss, x):
        seen = []

        def gradient(x):
            x_of_loss = 1 * x
            x_of_loss.register_hook(seen.append)
            return torch.autograd.grad(loss(x_of_loss), x, create_graph=True)[0]

        jacobian_by_vjp(gradient, x)
        return len(seen)


@wrong("jacobian_by_vjp", hint="Does your counter count calls of forward, or of backward?")
def forward_passes_counted():
    def jacobian_by_vjp(f, x):
        x = x.detach().clone().requires_grad_()
        y = f(x)
        return torch.stack(
            [torch.autograd.grad(y, x, v, retain_graph=True)[0] for v in torch.eye(len(y), dtype=y.dtype)]
        )

    def jacobian_by_vjp_passes(loss, x):
        seen = []

        class Counted(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x):
                seen.append(1)
                return x.clone()

            @staticmethod
            def backward(ctx, g):
                return g

        jacobian_by_vjp(lambda x: torch.autograd.grad(loss(Counted.apply(x)), x, create_graph=True)[0], x)
        return len(seen)


@wrong(
    "jacobian_by_vjp", hint="Does the pass of the gradient itself go through your counter, or does it end before it?"
)
def counter_in_front_of_the_gradient():
    def jacobian_by_vjp(f, x):
        x = x.detach().clone().requires_grad_()
        y = f(x)
        return torch.stack(
            [torch.autograd.grad(y, x, v, retain_graph=True)[0] for v in torch.eye(len(y), dtype=y.dtype)]
        )

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

        gradient = lambda x: torch.autograd.grad(loss(x), x, create_graph=True)[0]
        jacobian_by_vjp(lambda x: gradient(Counted.apply(x)), x)
        return len(seen)


@wrong("jacobian_by_vjp", hint="Can the gradient that you compute be differentiated again?")
def no_graph_of_the_gradient():
    def jacobian_by_vjp(f, x):
        x = x.detach().clone().requires_grad_()
        y = f(x)
        return torch.stack(
            [torch.autograd.grad(y, x, v, retain_graph=True)[0] for v in torch.eye(len(y), dtype=y.dtype)]
        )

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

        jacobian_by_vjp(lambda x: torch.autograd.grad(loss(Counted.apply(x)), x)[0], x)
        return len(seen)


@wrong("jacobian_by_vjp", hint="Does your counter grow by one for each pass, or by one for each number that arrives?")
def numbers_counted():
    def jacobian_by_vjp(f, x):
        x = x.detach().clone().requires_grad_()
        y = f(x)
        return torch.stack(
            [torch.autograd.grad(y, x, v, retain_graph=True)[0] for v in torch.eye(len(y), dtype=y.dtype)]
        )

    def jacobian_by_vjp_passes(loss, x):
        seen = []

        class Counted(torch.autograd.Function):
            @staticmethod
            def forward(ctx, x):
                return x.clone()

            @staticmethod
            def backward(ctx, g):
                seen.append(g.numel())
                return g

        jacobian_by_vjp(lambda x: torch.autograd.grad(loss(Counted.apply(x)), x, create_graph=True)[0], x)
        return sum(seen)


@wrong("jacobian_by_vjp", hint="Of which function is the Hessian the Jacobian: of the loss, or of its gradient?")
def jacobian_of_the_loss():
    def jacobian_by_vjp(f, x):
        x = x.detach().clone().requires_grad_()
        y = f(x)
        return torch.stack(
            [torch.autograd.grad(y, x, v, retain_graph=True)[0] for v in torch.eye(len(y), dtype=y.dtype)]
        )

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

        jacobian_by_vjp(lambda x: loss(Counted.apply(x))[None], x)
        return len(seen)


@wrong("jacobian_by_vjp", hint="What is the value of your counter when a second loss is measured?")
def every_run_counted_together():
    seen = []

    def jacobian_by_vjp(f, x):
        x = x.detach().clone().requires_grad_()
        y = f(x)
        return torch.stack(
            [torch.autograd.grad(y, x, v, retain_graph=True)[0] for v in torch.eye(len(y), dtype=y.dtype)]
        )

    def jacobian_by_vjp_passes(loss, x):
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


@wrong("jacobian_by_vjp", hint="Which of the two numbers is divided by which?")
def guess_divided_by_the_measurement():
    def jacobian_by_vjp(f, x):
        x = x.detach().clone().requires_grad_()
        y = f(x)
        return torch.stack(
            [torch.autograd.grad(y, x, v, retain_graph=True)[0] for v in torch.eye(len(y), dtype=y.dtype)]
        )

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
        return jacobian_by_vjp_guess() / jacobian_by_vjp_passes(lambda x: torch.logsumexp(x, 0), torch.zeros(30))


@wrong("jacobian_by_vjp", hint="Is your last number a quotient, or a difference?")
def difference_to_the_guess():
    def jacobian_by_vjp(f, x):
        x = x.detach().clone().requires_grad_()
        y = f(x)
        return torch.stack(
            [torch.autograd.grad(y, x, v, retain_graph=True)[0] for v in torch.eye(len(y), dtype=y.dtype)]
        )

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
        return jacobian_by_vjp_passes(lambda x: torch.logsumexp(x, 0), torch.zeros(30)) - jacobian_by_vjp_guess()


@wrong("jacobian_by_vjp", hint="How many inputs does the loss of the task have?")
def compared_at_another_size():
    def jacobian_by_vjp(f, x):
        x = x.detach().clone().requires_grad_()
        y = f(x)
        return torch.stack(
            [torch.autograd.grad(y, x, v, retain_graph=True)[0] for v in torch.eye(len(y), dtype=y.dtype)]
        )

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
        return jacobian_by_vjp_passes(lambda x: torch.logsumexp(x, 0), torch.zeros(3)) / jacobian_by_vjp_guess()


@wrong("jacobian_by_vjp", hint="How many passes does even a gradient take?")
def a_guess_of_none():

    def jacobian_by_vjp_guess():
        return 0

    def jacobian_by_vjp_off_by():
        return 31.0


@wrong("jacobian_by_vjp", hint="Is your guess a number?")
def a_guess_in_words():

    def jacobian_by_vjp_guess():
        return "about 30"

    def jacobian_by_vjp_off_by():
        return 31 / 30


@shortcut("jacobian_by_vjp", uses="a formula, and no measurement")
def a_formula_for_the_count():

    def jacobian_by_vjp_guess():
        return 900

    def jacobian_by_vjp_passes(loss, x):
        return len(x) + 1

    def jacobian_by_vjp_off_by():
        return 31 / jacobian_by_vjp_guess()


@shortcut("jacobian_by_vjp", uses="`torch.autograd.functional.hessian`")
def hessian_of_the_library():

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

        torch.autograd.functional.hessian(lambda x: loss(Counted.apply(x)), x)
        return len(seen)


@shortcut("jacobian_by_vjp", uses="`torch.autograd.functional.jacobian`")
def torch_functional():
    def jacobian_by_vjp(f, x):
        return torch.autograd.functional.jacobian(f, x.detach())


@shortcut("jacobian_by_vjp", uses="`torch.func.jacfwd`, under another name")
def forward_mode():
    from torch import func as lib

    columns = lib.jacfwd

    def jacobian_by_vjp(f, x):
        return columns(f)(x.detach().clone())


@shortcut("jacobian_by_vjp", uses="`quotient` of the lecture on finite differences")
def differences_of_the_lecture():
    from course_utils.losses_gradients.finite_differences import quotient

    def jacobian_by_vjp(f, x):
        x = x.detach()
        moved = [lambda t, e=e: f(x + t * e) for e in torch.eye(len(x), dtype=x.dtype)]
        columns = [quotient(g, 0.0, 1e-6, "central") for g in moved]
        return torch.stack(columns, dim=1)  # pyright: ignore[reportArgumentType] - of tensors, as g returns them


@shortcut("jacobian_by_vjp", uses="the numbers of the visible check")
def numbers_of_the_visible_map():
    def jacobian_by_vjp(f, x):
        rows = [
            [-0.03630716005234947, 0.43565044184948365, 0.78077978588097],
            [0.658048312997564, -0.2459158643456849, 0.06472572919591744],
        ]
        return torch.tensor(rows, dtype=x.dtype)
