"""Answers to assignment 06: autodiff engines and custom autograd Functions."""

import math

import torch

from answers import right, wrong

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


@wrong("Value", hint="In 3 - x Python calls x.__rsub__(3): which of the two stands on the left of the minus?")
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


@wrong("Value", hint="What is the derivative of x ** 3, and which number stands before it?")
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


@wrong("Value", hint="After c = a + b, what number does a hold?")
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


@wrong("Value", hint="If b grows by 1, what becomes of a - b?")
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


# 6.2 Parents before children


@right("toposort")
def counted_uses():
    def toposort(root):
        uses, waiting = {root: 0}, [root]
        while waiting:
            for parent in waiting.pop().parents:
                if parent not in uses:
                    uses[parent] = 0
                    waiting.append(parent)
                uses[parent] += 1
        ready, order = [root], []
        while ready:
            node = ready.pop()
            order.append(node)
            for parent in node.parents:
                uses[parent] -= 1
                if uses[parent] == 0:
                    ready.append(parent)
        return order[::-1]


@right("toposort")
def standard_library():
    def toposort(root):
        from graphlib import TopologicalSorter

        graph, waiting = {}, [root]
        while waiting:
            node = waiting.pop()
            if node not in graph:
                graph[node] = node.parents
                waiting.extend(node.parents)
        return list(TopologicalSorter(graph).static_order())


@right("toposort")
def stack_of_iterators():
    def toposort(root):
        order, seen = [], {id(root)}
        stack = [(root, iter(root.parents))]
        while stack:
            node, rest = stack[-1]
            for parent in rest:
                if id(parent) not in seen:
                    seen.add(id(parent))
                    stack.append((parent, iter(parent.parents)))
                    break
            else:
                order.append(node)
                stack.pop()
        return order


@right("toposort")
def node_stays_until_its_parents_are_placed():
    def toposort(root):
        order, placed, stack = [], set(), [root]
        while stack:
            waiting = [parent for parent in stack[-1].parents if parent not in placed]
            if waiting:
                stack.extend(waiting)
            else:
                node = stack.pop()
                if node not in placed:
                    placed.add(node)
                    order.append(node)
        return order


@wrong("toposort", hint="Are two nodes that hold the same number one node?")
def visited_by_the_number_it_holds():
    def toposort(root):
        order, seen, stack = [], set(), [(root, False)]
        while stack:
            node, done = stack.pop()
            if done:
                order.append(node)
            elif node.data not in seen:
                seen.add(node.data)
                stack.append((node, True))
                stack.extend((parent, False) for parent in node.parents)
        return order


@wrong(
    "toposort",
    hint="If a node is near the root by one path and far from it by another, which path decides where it stands?",
)
def breadth_first():
    def toposort(root):
        order, seen, queue = [], {root}, [root]
        while queue:
            node = queue.pop(0)
            order.append(node)
            for parent in node.parents:
                if parent not in seen:
                    seen.add(parent)
                    queue.append(parent)
        return order[::-1]


@wrong("toposort", hint="How deep may a Python function call itself, and how deep may the graph be?")
def recursion():
    def toposort(root):
        order, seen = [], set()

        def visit(node):
            if node not in seen:
                seen.add(node)
                for parent in node.parents:
                    visit(parent)
                order.append(node)

        visit(root)
        return order


@wrong("toposort", hint="How often is a node put into your list that was used twice?")
def no_set_of_seen_nodes():
    def toposort(root):
        order, stack = [], [(root, False)]
        while stack:
            node, done = stack.pop()
            if done:
                order.append(node)
            else:
                stack.append((node, True))
                stack.extend((parent, False) for parent in node.parents)
        return order


@wrong("toposort", hint="Where in your list does the root stand, and where should it?")
def children_first():
    def toposort(root):
        order, seen, stack = [], set(), [(root, False)]
        while stack:
            node, done = stack.pop()
            if done:
                order.append(node)
            elif node not in seen:
                seen.add(node)
                stack.append((node, True))
                stack.extend((parent, False) for parent in node.parents)
        return order[::-1]


@wrong("toposort", hint="Is the root in the list, too?")
def root_left_out():
    def toposort(root):
        order, seen, stack = [], set(), [(root, False)]
        while stack:
            node, done = stack.pop()
            if done:
                order.append(node)
            elif node not in seen:
                seen.add(node)
                stack.append((node, True))
                stack.extend((parent, False) for parent in node.parents)
        return [node for node in order if node is not root]


@wrong(
    "toposort",
    hint="Your list is the order in which nodes are met, turned round. Is a node met only after all of its children?",
)
def depth_first_as_it_is_met():
    def toposort(root):
        order, seen, stack = [], {root}, [root]
        while stack:
            node = stack.pop()
            order.append(node)
            for parent in node.parents:
                if parent not in seen:
                    seen.add(parent)
                    stack.append(parent)
        return order[::-1]


@wrong("toposort", hint="How many parents has a node?")
def first_parent_only():
    def toposort(root):
        order, node = [root], root
        while node.parents:
            node = node.parents[0]
            order.append(node)
        return order[::-1]


@wrong(
    "toposort",
    hint="A node is marked as seen long before it is placed. If another node needs it in between, does it wait?",
)
def marked_when_pushed():
    def toposort(root):
        order, seen, stack = [], {root}, [(root, False)]
        while stack:
            node, done = stack.pop()
            if done:
                order.append(node)
                continue
            stack.append((node, True))
            for parent in node.parents:
                if parent not in seen:
                    seen.add(parent)
                    stack.append((parent, False))
        return order


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


@wrong("backward", hint="How deep may a Python function call itself, and how deep may the graph be?")
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
    hint="On the second call, what does q.grad hold before q has been reached, and what do you pass on from it?",
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


# 6.4 A ReLU of your own


@right("MyReLU")
def lecture_code():
    class MyReLU(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x.clamp(min=0)

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            grad_input = g.clone()
            grad_input[x < 0] = 0
            return grad_input


@right("MyReLU")
def saved_output():
    class MyReLU(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            y = torch.relu(x)
            ctx.save_for_backward(y)
            return y

        @staticmethod
        def backward(ctx, g):
            (y,) = ctx.saved_tensors
            return g * (y > 0).to(g.dtype)


@right("MyReLU")
def where():
    class MyReLU(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return torch.where(x > 0, x, torch.zeros_like(x))

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return torch.where(x > 0, g, torch.zeros_like(g))


@right("MyReLU")
def gradient_one_at_zero():
    class MyReLU(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * (x >= 0)

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return g * (x >= 0)


@right("MyReLU")
def mask_as_an_attribute():
    class MyReLU(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.mask = x > 0
            return x * ctx.mask

        @staticmethod
        def backward(ctx, g):
            return g.masked_fill(~ctx.mask, 0)


@wrong("MyReLU", hint="If the loss is 10 times the output, what should the gradient be times?")
def upstream_ignored():
    class MyReLU(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x.clamp(min=0)

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return (x > 0).to(x.dtype)


@wrong(
    "MyReLU",
    hint="Which tensor decides whether an entry lets the gradient through: the input, or the upstream gradient?",
)
def mask_on_the_upstream_gradient():
    class MyReLU(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x.clamp(min=0)

        @staticmethod
        def backward(ctx, g):
            return g.clamp(min=0)


@wrong("MyReLU", hint="Who else may read the upstream gradient after your backward?")
def upstream_changed_in_place():
    class MyReLU(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x.clamp(min=0)

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            g[x < 0] = 0
            return g


@wrong("MyReLU", hint="Which of min= and max= says what the smallest value may be?")
def clamped_from_above():
    class MyReLU(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x.clamp(max=0)

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return g * (x > 0)


@wrong("MyReLU", hint="What is relu(-2)?")
def leaky():
    class MyReLU(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return torch.where(x > 0, x, 0.01 * x)

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return torch.where(x > 0, g, 0.01 * g)


@wrong("MyReLU", hint="How much does relu(x) move, when x is negative and moves a little?")
def gradient_of_the_identity():
    class MyReLU(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x.clamp(min=0)

        @staticmethod
        def backward(ctx, g):
            return g


@wrong("MyReLU", hint="What does the underscore at the end of clamp_ do to the caller's x?")
def input_changed_in_place():
    class MyReLU(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x.clamp_(min=0)

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return g * (x > 0)


@wrong("MyReLU", hint="Which of your lines can PyTorch differentiate, when it differentiates backward?")
def backward_in_numpy():
    class MyReLU(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x.clamp(min=0)

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            mask = x.detach().numpy() > 0
            return torch.from_numpy(g.detach().numpy() * mask)


@wrong("MyReLU", hint="What shape has a gradient?")
def summed():
    class MyReLU(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x.clamp(min=0)

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return (g * (x > 0)).sum()


@wrong("MyReLU", hint="Which entries of y = max(x, 0) are at least 0?")
def mask_of_an_output_that_is_never_negative():
    class MyReLU(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            y = x.clamp(min=0)
            ctx.save_for_backward(y)
            return y

        @staticmethod
        def backward(ctx, g):
            (y,) = ctx.saved_tensors
            return g * (y >= 0)


@wrong("MyReLU", hint="If MyReLU is used twice before backward, whose x stands on the class?")
def input_kept_on_the_class():
    class MyReLU(torch.autograd.Function):
        x = None

        @staticmethod
        def forward(ctx, x):
            MyReLU.x = x
            return x.clamp(min=0)

        @staticmethod
        def backward(ctx, g):
            return g * (MyReLU.x > 0)  # pyright: ignore[reportOptionalOperand] - `forward` has set it


@wrong("MyReLU", hint="What is the slope of relu at x = 3: 1, or 3?")
def times_the_input():
    class MyReLU(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x.clamp(min=0)

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return g * x * (x > 0)


@wrong("MyReLU", hint="Which entries are set to 0: those that relu cut off, or those that it let through?")
def mask_turned_round():
    class MyReLU(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x.clamp(min=0)

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            grad_input = g.clone()
            grad_input[x > 0] = 0
            return grad_input


# 6.5 A sigmoid that can be differentiated twice


@right("MySigmoid")
def torch_sigmoid_saved():
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
            y = 1 / (1 + torch.exp(-x))
            ctx.save_for_backward(y)
            return y

        @staticmethod
        def backward(ctx, g):
            (y,) = ctx.saved_tensors
            return y * (1 - y) * g


@right("MySigmoid")
def by_tanh():
    class MySigmoid(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            y = (1 + torch.tanh(x / 2)) / 2
            ctx.save_for_backward(y)
            return y

        @staticmethod
        def backward(ctx, g):
            (y,) = ctx.saved_tensors
            return g * (y - y * y)


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
            ctx.save_for_backward(y)
            return y

        @staticmethod
        def backward(ctx, g):
            (y,) = ctx.saved_tensors
            return g * y


@wrong("MySigmoid", hint="Which function has the slope 1 - y^2?")
def slope_of_tanh():
    class MySigmoid(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            y = torch.sigmoid(x)
            ctx.save_for_backward(y)
            return y

        @staticmethod
        def backward(ctx, g):
            (y,) = ctx.saved_tensors
            return g * (1 - y**2)


@wrong("MySigmoid", hint="If the loss is 10 times the output, what should the gradient be times?")
def no_upstream_gradient():
    class MySigmoid(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            y = torch.sigmoid(x)
            ctx.save_for_backward(y)
            return y

        @staticmethod
        def backward(ctx, g):
            (y,) = ctx.saved_tensors
            return y * (1 - y)


@wrong("MySigmoid", hint="What is infinity divided by infinity?")
def exp_over_one_plus_exp():
    class MySigmoid(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            y = torch.exp(x) / (1 + torch.exp(x))
            ctx.save_for_backward(y)
            return y

        @staticmethod
        def backward(ctx, g):
            (y,) = ctx.saved_tensors
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
            ctx.save_for_backward(y)
            return y

        @staticmethod
        def backward(ctx, g):
            y = ctx.saved_tensors[0].detach()
            return g * y * (1 - y)


@wrong("MySigmoid", hint="Does the sigmoid rise or fall?")
def wrong_sign():
    class MySigmoid(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            y = torch.sigmoid(x)
            ctx.save_for_backward(y)
            return y

        @staticmethod
        def backward(ctx, g):
            (y,) = ctx.saved_tensors
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
            ctx.save_for_backward(y)
            return y

        @staticmethod
        def backward(ctx, g):
            (y,) = ctx.saved_tensors
            return g * y * (1 - y)


@wrong("MySigmoid", hint="What does PyTorch record inside torch.no_grad()?")
def no_grad_in_backward():
    class MySigmoid(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            y = torch.sigmoid(x)
            ctx.save_for_backward(y)
            return y

        @staticmethod
        def backward(ctx, g):
            (y,) = ctx.saved_tensors
            with torch.no_grad():
                return g * y * (1 - y)


@wrong("MySigmoid", hint="Is y already the sigmoid, or its input?")
def slope_at_the_output():
    class MySigmoid(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            y = torch.sigmoid(x)
            ctx.save_for_backward(y)
            return y

        @staticmethod
        def backward(ctx, g):
            (y,) = ctx.saved_tensors
            z = torch.sigmoid(y)
            return g * z * (1 - z)


# 6.6 A linear layer


@right("MyLinear")
def only_what_is_needed():
    class MyLinear(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, W, b):
            ctx.save_for_backward(x, W, b)
            return torch.nn.functional.linear(x, W, b)

        @staticmethod
        def backward(ctx, g):
            x, W, b = ctx.saved_tensors
            dx = dW = db = None
            if ctx.needs_input_grad[0]:
                dx = g @ W
            if ctx.needs_input_grad[1]:
                dW = g.T @ x
            if b is not None and ctx.needs_input_grad[2]:
                db = g.sum(0)
            return dx, dW, db


@right("MyLinear")
def einsum():
    class MyLinear(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, W, b):
            ctx.save_for_backward(x, W)
            ctx.has_bias = b is not None
            y = x @ W.T
            return y + b if b is not None else y

        @staticmethod
        def backward(ctx, g):
            x, W = ctx.saved_tensors
            db = torch.einsum("no->o", g) if ctx.has_bias else None
            return torch.einsum("no,oi->ni", g, W), torch.einsum("no,ni->oi", g, x), db


@right("MyLinear")
def sum_of_outer_products():
    class MyLinear(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, W, b):
            ctx.save_for_backward(x, W)
            ctx.has_bias = b is not None
            y = x @ W.T
            return y + b if b is not None else y

        @staticmethod
        def backward(ctx, g):
            x, W = ctx.saved_tensors
            db = g.sum(dim=0) if ctx.has_bias else None
            dW = torch.zeros_like(W)
            for row, sample in zip(g, x, strict=True):
                dW = dW + torch.outer(row, sample)
            return (W.T @ g.T).T, dW, db


@right("MyLinear")
def context_set_up_apart():
    class MyLinear(torch.autograd.Function):
        @staticmethod
        def forward(x, W, b):
            return x @ W.T if b is None else x @ W.T + b

        @staticmethod
        def setup_context(ctx, inputs, output):
            x, W, b = inputs
            ctx.save_for_backward(x, W)
            ctx.has_bias = b is not None

        @staticmethod
        def backward(ctx, g):
            x, W = ctx.saved_tensors
            return g.mm(W), g.t().mm(x), g.sum(0) if ctx.has_bias else None


@wrong("MyLinear", hint="What shape has W, and what shape has your gradient of it?")
def weight_gradient_transposed():
    class MyLinear(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, W, b):
            ctx.save_for_backward(x, W)
            ctx.has_bias = b is not None
            y = x @ W.T
            return y + b if b is not None else y

        @staticmethod
        def backward(ctx, g):
            x, W = ctx.saved_tensors
            db = g.sum(dim=0) if ctx.has_bias else None
            return g @ W, x.T @ g, db


@wrong("MyLinear", hint="What are the shapes of g and W, and which product of them has the shape of x?")
def input_gradient_with_the_transpose():
    class MyLinear(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, W, b):
            ctx.save_for_backward(x, W)
            ctx.has_bias = b is not None
            y = x @ W.T
            return y + b if b is not None else y

        @staticmethod
        def backward(ctx, g):
            x, W = ctx.saved_tensors
            db = g.sum(dim=0) if ctx.has_bias else None
            return g @ W.T, g.T @ x, db


@wrong("MyLinear", hint="What shape has b, and in how many rows was each of its numbers added?")
def bias_gradient_not_summed():
    class MyLinear(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, W, b):
            ctx.save_for_backward(x, W)
            ctx.has_bias = b is not None
            y = x @ W.T
            return y + b if b is not None else y

        @staticmethod
        def backward(ctx, g):
            x, W = ctx.saved_tensors
            db = g if ctx.has_bias else None
            return g @ W, g.T @ x, db


@wrong("MyLinear", hint="How many arguments has forward, and how many gradients does backward return?")
def two_gradients():
    class MyLinear(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, W, b):
            ctx.save_for_backward(x, W)
            ctx.has_bias = b is not None
            y = x @ W.T
            return y + b if b is not None else y

        @staticmethod
        def backward(ctx, g):
            x, W = ctx.saved_tensors
            return g @ W, g.T @ x


@wrong("MyLinear", hint="If b moves by 1, does the sum of y over the rows move by 1 or by n?")
def bias_gradient_averaged():
    class MyLinear(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, W, b):
            ctx.save_for_backward(x, W)
            ctx.has_bias = b is not None
            y = x @ W.T
            return y + b if b is not None else y

        @staticmethod
        def backward(ctx, g):
            x, W = ctx.saved_tensors
            db = g.mean(dim=0) if ctx.has_bias else None
            return g @ W, g.T @ x, db


@wrong("MyLinear", hint="What shape has b: (o,), or (1, o)?")
def bias_gradient_with_an_axis_too_many():
    class MyLinear(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, W, b):
            ctx.save_for_backward(x, W)
            ctx.has_bias = b is not None
            y = x @ W.T
            return y + b if b is not None else y

        @staticmethod
        def backward(ctx, g):
            x, W = ctx.saved_tensors
            db = g.sum(dim=0, keepdim=True) if ctx.has_bias else None
            return g @ W, g.T @ x, db


@wrong("MyLinear", hint="What is the gradient of an argument that was None?")
def gradient_for_a_bias_of_none():
    class MyLinear(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, W, b):
            ctx.save_for_backward(x, W)
            ctx.has_bias = b is not None
            y = x @ W.T
            return y + b if b is not None else y

        @staticmethod
        def backward(ctx, g):
            x, W = ctx.saved_tensors
            return g @ W, g.T @ x, g.sum(dim=0)


@wrong("MyLinear", hint="Is the mean over the samples part of this layer, or of the loss behind it?")
def divided_by_the_samples():
    class MyLinear(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, W, b):
            ctx.save_for_backward(x, W)
            ctx.has_bias = b is not None
            y = x @ W.T
            return y + b if b is not None else y

        @staticmethod
        def backward(ctx, g):
            x, W = ctx.saved_tensors
            db = g.sum(dim=0) if ctx.has_bias else None
            return g @ W, g.T @ x / len(x), db


@wrong("MyLinear", hint="W is (o, i): which of its axes meets the inputs of x?")
def weight_not_transposed():
    class MyLinear(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, W, b):
            ctx.save_for_backward(x, W)
            ctx.has_bias = b is not None
            y = x @ W
            return y + b if b is not None else y

        @staticmethod
        def backward(ctx, g):
            x, W = ctx.saved_tensors
            db = g.sum(dim=0) if ctx.has_bias else None
            return g @ W.T, x.T @ g, db


@wrong("MyLinear", hint="If only W is trained, in which place of the tuple does its gradient stand?")
def gradients_of_what_is_trained_only():
    class MyLinear(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, W, b):
            ctx.save_for_backward(x, W)
            ctx.has_bias = b is not None
            y = x @ W.T
            return y + b if b is not None else y

        @staticmethod
        def backward(ctx, g):
            x, W = ctx.saved_tensors
            grads = (g @ W, g.T @ x, g.sum(dim=0) if ctx.has_bias else None)
            return tuple(grad for grad, needed in zip(grads, ctx.needs_input_grad, strict=True) if needed)


@wrong("MyLinear", hint="Which axis of g counts the samples?")
def bias_gradient_summed_over_the_outputs():
    class MyLinear(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, W, b):
            ctx.save_for_backward(x, W)
            ctx.has_bias = b is not None
            y = x @ W.T
            return y + b if b is not None else y

        @staticmethod
        def backward(ctx, g):
            x, W = ctx.saved_tensors
            db = g.sum(dim=1) if ctx.has_bias else None
            return g @ W, g.T @ x, db


@wrong("MyLinear", hint="Where in your backward does grad_output stand?")
def ones_for_the_upstream_gradient():
    class MyLinear(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, W, b):
            ctx.save_for_backward(x, W)
            ctx.has_bias = b is not None
            y = x @ W.T
            return y + b if b is not None else y

        @staticmethod
        def backward(ctx, g):
            x, W = ctx.saved_tensors
            one = torch.ones_like(g)
            return one @ W, one.T @ x, one.sum(dim=0) if ctx.has_bias else None


@wrong("MyLinear", hint="What does the layer return for x = 0?")
def bias_forgotten():
    class MyLinear(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, W, b):
            ctx.save_for_backward(x, W)
            ctx.has_bias = b is not None
            return x @ W.T

        @staticmethod
        def backward(ctx, g):
            x, W = ctx.saved_tensors
            db = g.sum(dim=0) if ctx.has_bias else None
            return g @ W, g.T @ x, db


@wrong("MyLinear", hint="In which order does forward take its arguments?")
def gradients_of_another_order():
    class MyLinear(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, W, b):
            ctx.save_for_backward(x, W)
            ctx.has_bias = b is not None
            y = x @ W.T
            return y + b if b is not None else y

        @staticmethod
        def backward(ctx, g):
            x, W = ctx.saved_tensors
            db = g.sum(dim=0) if ctx.has_bias else None
            return g.T @ x, g @ W, db


# 6.7 Softmax and cross entropy in one node


@right("SoftmaxCE")
def log_softmax():
    class SoftmaxCE(torch.autograd.Function):
        @staticmethod
        def forward(ctx, s, y):
            log_p = torch.log_softmax(s, dim=1)
            ctx.save_for_backward(log_p, y)
            return -log_p[torch.arange(len(y)), y].mean()

        @staticmethod
        def backward(ctx, g):
            log_p, y = ctx.saved_tensors
            p = log_p.exp()
            p[torch.arange(len(y)), y] -= 1
            return g * p / len(y), None


@right("SoftmaxCE")
def shifted_by_the_largest():
    class SoftmaxCE(torch.autograd.Function):
        @staticmethod
        def forward(ctx, s, y):
            shifted = s - s.max(dim=1, keepdim=True).values
            total = shifted.exp().sum(dim=1, keepdim=True)
            ctx.save_for_backward(shifted.exp() / total, y)
            return (total.log().squeeze(1) - shifted.gather(1, y[:, None]).squeeze(1)).mean()

        @staticmethod
        def backward(ctx, g):
            p, y = ctx.saved_tensors
            one_hot = torch.zeros_like(p).scatter(1, y[:, None], 1.0)
            return g * (p - one_hot) / p.shape[0], None


@right("SoftmaxCE")
def torch_cross_entropy():
    class SoftmaxCE(torch.autograd.Function):
        @staticmethod
        def forward(ctx, s, y):
            ctx.save_for_backward(s, y)
            return torch.nn.functional.cross_entropy(s, y)

        @staticmethod
        def backward(ctx, g):
            s, y = ctx.saved_tensors
            p = torch.softmax(s, dim=1)
            one_hot = torch.eye(s.shape[1], dtype=s.dtype)[y]
            return g * (p - one_hot) / len(s), None


@right("SoftmaxCE")
def gradient_made_forwards():
    class SoftmaxCE(torch.autograd.Function):
        @staticmethod
        def forward(ctx, s, y):
            log_p = s - torch.logsumexp(s, 1, keepdim=True)
            one_hot = torch.nn.functional.one_hot(y, s.shape[1])
            ctx.save_for_backward((log_p.exp() - one_hot) / len(s))
            return -(log_p * one_hot).sum() / len(s)

        @staticmethod
        def backward(ctx, g):
            (gradient,) = ctx.saved_tensors
            return g * gradient, None


@wrong("SoftmaxCE", hint="If the end of the graph is 3 L, what should the gradient be times?")
def loss_taken_for_the_end_of_the_graph():
    class SoftmaxCE(torch.autograd.Function):
        @staticmethod
        def forward(ctx, s, y):
            log_p = torch.log_softmax(s, dim=1)
            ctx.save_for_backward(log_p, y)
            return -log_p[torch.arange(len(y)), y].mean()

        @staticmethod
        def backward(ctx, g):
            log_p, y = ctx.saved_tensors
            p = log_p.exp()
            p[torch.arange(len(y)), y] -= 1
            return p / len(y), None


@wrong("SoftmaxCE", hint="The loss is a mean over n samples: how much does one sample count in it?")
def gradient_not_divided():
    class SoftmaxCE(torch.autograd.Function):
        @staticmethod
        def forward(ctx, s, y):
            log_p = torch.log_softmax(s, dim=1)
            ctx.save_for_backward(log_p, y)
            return -log_p[torch.arange(len(y)), y].mean()

        @staticmethod
        def backward(ctx, g):
            log_p, y = ctx.saved_tensors
            p = log_p.exp()
            p[torch.arange(len(y)), y] -= 1
            return g * p, None


@wrong(
    "SoftmaxCE",
    hint="What is exp(1000) in floating point, and what would subtracting 1000 from a row of logits change?",
)
def exponentials_as_they_are():
    class SoftmaxCE(torch.autograd.Function):
        @staticmethod
        def forward(ctx, s, y):
            p = s.exp() / s.exp().sum(dim=1, keepdim=True)
            ctx.save_for_backward(p, y)
            return -p[torch.arange(len(y)), y].log().mean()

        @staticmethod
        def backward(ctx, g):
            p, y = ctx.saved_tensors
            p = p.clone()
            p[torch.arange(len(y)), y] -= 1
            return g * p / len(y), None


@wrong("SoftmaxCE", hint="How many arguments has forward, and what is the gradient of a class?")
def no_none_for_the_classes():
    class SoftmaxCE(torch.autograd.Function):
        @staticmethod
        def forward(ctx, s, y):
            log_p = torch.log_softmax(s, dim=1)
            ctx.save_for_backward(log_p, y)
            return -log_p[torch.arange(len(y)), y].mean()

        @staticmethod
        def backward(ctx, g):
            log_p, y = ctx.saved_tensors
            p = log_p.exp()
            p[torch.arange(len(y)), y] -= 1
            return g * p / len(y)


@wrong("SoftmaxCE", hint="What does ctx.p hold, when backward runs a second time?")
def saved_probabilities_changed_in_place():
    class SoftmaxCE(torch.autograd.Function):
        @staticmethod
        def forward(ctx, s, y):
            log_p = torch.log_softmax(s, dim=1)
            ctx.p, ctx.y = log_p.exp(), y
            return -log_p[torch.arange(len(y)), y].mean()

        @staticmethod
        def backward(ctx, g):
            ctx.p[torch.arange(len(ctx.y)), ctx.y] -= 1
            return g * ctx.p / len(ctx.y), None


@wrong("SoftmaxCE", hint="Does the loss grow when every sample is given twice?")
def summed_over_the_samples():
    class SoftmaxCE(torch.autograd.Function):
        @staticmethod
        def forward(ctx, s, y):
            log_p = torch.log_softmax(s, dim=1)
            ctx.save_for_backward(log_p, y)
            return -log_p[torch.arange(len(y)), y].sum()

        @staticmethod
        def backward(ctx, g):
            log_p, y = ctx.saved_tensors
            p = log_p.exp()
            p[torch.arange(len(y)), y] -= 1
            return g * p, None


@wrong("SoftmaxCE", hint="If p is right for a sample, 1 at its class, what should the gradient be?")
def gradient_without_the_class():
    class SoftmaxCE(torch.autograd.Function):
        @staticmethod
        def forward(ctx, s, y):
            log_p = torch.log_softmax(s, dim=1)
            ctx.save_for_backward(log_p, y)
            return -log_p[torch.arange(len(y)), y].mean()

        @staticmethod
        def backward(ctx, g):
            log_p, y = ctx.saved_tensors
            return g * log_p.exp() / len(y), None


@wrong("SoftmaxCE", hint="What adds up to 1: the probabilities of one sample, or those of one class?")
def softmax_over_the_samples():
    class SoftmaxCE(torch.autograd.Function):
        @staticmethod
        def forward(ctx, s, y):
            log_p = torch.log_softmax(s, dim=0)
            ctx.save_for_backward(log_p, y)
            return -log_p[torch.arange(len(y)), y].mean()

        @staticmethod
        def backward(ctx, g):
            log_p, y = ctx.saved_tensors
            p = log_p.exp()
            p[torch.arange(len(y)), y] -= 1
            return g * p / len(y), None


@wrong("SoftmaxCE", hint="What is the smallest number above 0 that p can hold, and what is the logarithm of 0?")
def logarithm_of_a_probability():
    class SoftmaxCE(torch.autograd.Function):
        @staticmethod
        def forward(ctx, s, y):
            p = torch.softmax(s, dim=1)
            ctx.save_for_backward(p, y)
            return -p[torch.arange(len(y)), y].log().mean()

        @staticmethod
        def backward(ctx, g):
            p, y = ctx.saved_tensors
            p = p.clone()
            p[torch.arange(len(y)), y] -= 1
            return g * p / len(y), None


@wrong("SoftmaxCE", hint="If one row is near 1000 and another near -1000, what is left of the second after your shift?")
def shifted_by_the_largest_of_all():
    class SoftmaxCE(torch.autograd.Function):
        @staticmethod
        def forward(ctx, s, y):
            shifted = s - s.max()
            ctx.save_for_backward(shifted.exp() / shifted.exp().sum(dim=1, keepdim=True), y)
            return (shifted.exp().sum(dim=1).log() - shifted[torch.arange(len(y)), y]).mean()

        @staticmethod
        def backward(ctx, g):
            p, y = ctx.saved_tensors
            p = p.clone()
            p[torch.arange(len(y)), y] -= 1
            return g * p / len(y), None


@wrong("SoftmaxCE", hint="Which shape has a single number?")
def loss_with_an_axis():
    class SoftmaxCE(torch.autograd.Function):
        @staticmethod
        def forward(ctx, s, y):
            log_p = torch.log_softmax(s, dim=1)
            ctx.save_for_backward(log_p, y)
            return -log_p[torch.arange(len(y)), y].mean(dim=0, keepdim=True)

        @staticmethod
        def backward(ctx, g):
            log_p, y = ctx.saved_tensors
            p = log_p.exp()
            p[torch.arange(len(y)), y] -= 1
            return g * p / len(y), None


@wrong("SoftmaxCE", hint="The loss is a mean over the samples: by how many is the gradient divided?")
def divided_by_the_number_of_logits():
    class SoftmaxCE(torch.autograd.Function):
        @staticmethod
        def forward(ctx, s, y):
            log_p = torch.log_softmax(s, dim=1)
            ctx.save_for_backward(log_p, y)
            return -log_p[torch.arange(len(y)), y].mean()

        @staticmethod
        def backward(ctx, g):
            log_p, y = ctx.saved_tensors
            p = log_p.exp()
            p[torch.arange(len(y)), y] -= 1
            return g * p / p.numel(), None


@wrong(
    "SoftmaxCE", hint="A step against the gradient should raise the logit of the class: which sign has its gradient?"
)
def sign_turned_round():
    class SoftmaxCE(torch.autograd.Function):
        @staticmethod
        def forward(ctx, s, y):
            log_p = torch.log_softmax(s, dim=1)
            ctx.save_for_backward(log_p, y)
            return -log_p[torch.arange(len(y)), y].mean()

        @staticmethod
        def backward(ctx, g):
            log_p, y = ctx.saved_tensors
            p = log_p.exp()
            p[torch.arange(len(y)), y] -= 1
            return -g * p / len(y), None


# 6.8 Gradient reversal


@right("GradReverse")
def copy():
    class GradReverse(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, lam):
            ctx.lam = lam
            return x.clone()

        @staticmethod
        def backward(ctx, g):
            return -ctx.lam * g, None


@right("GradReverse")
def negated_then_scaled():
    class GradReverse(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, lam):
            ctx.lam = lam
            return x.view_as(x)

        @staticmethod
        def backward(ctx, g):
            return g.neg() * ctx.lam, None


@right("GradReverse")
def input_itself():
    class GradReverse(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, lam):
            ctx.lam = lam
            return x

        @staticmethod
        def backward(ctx, g):
            return g * -ctx.lam, None


@right("GradReverse")
def lam_as_a_tensor():
    class GradReverse(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, lam):
            ctx.save_for_backward(torch.tensor(lam, dtype=x.dtype))
            return x.clone()

        @staticmethod
        def backward(ctx, g):
            (lam,) = ctx.saved_tensors
            return -lam * g, None


@wrong("GradReverse", hint="How many arguments has forward, and what is the gradient of a plain number?")
def no_none_for_lam():
    class GradReverse(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, lam):
            ctx.lam = lam
            return x.view_as(x)

        @staticmethod
        def backward(ctx, g):
            return -ctx.lam * g


@wrong("GradReverse", hint="In which direction should the gradient point behind the node, and in which before it?")
def no_sign():
    class GradReverse(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, lam):
            ctx.lam = lam
            return x.view_as(x)

        @staticmethod
        def backward(ctx, g):
            return ctx.lam * g, None


@wrong("GradReverse", hint="What does your node do with lam?")
def lam_ignored():
    class GradReverse(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, lam):
            ctx.lam = lam
            return x.view_as(x)

        @staticmethod
        def backward(ctx, g):
            return -g, None


@wrong("GradReverse", hint="What does the node do to numbers on the way forwards?")
def reversed_forwards():
    class GradReverse(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, lam):
            ctx.lam = lam
            return -x

        @staticmethod
        def backward(ctx, g):
            return ctx.lam * g, None


@wrong("GradReverse", hint="By what is the gradient multiplied?")
def lam_squared():
    class GradReverse(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, lam):
            ctx.lam = lam
            return x.view_as(x)

        @staticmethod
        def backward(ctx, g):
            return -(ctx.lam**2) * g, None


@wrong("GradReverse", hint="Where in your backward does grad_output stand?")
def constant_gradient():
    class GradReverse(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, lam):
            ctx.lam = lam
            return x.view_as(x)

        @staticmethod
        def backward(ctx, g):
            return -ctx.lam * torch.ones_like(g), None


@wrong("GradReverse", hint="Who else may read the upstream gradient after your backward?")
def negated_in_place():
    class GradReverse(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, lam):
            ctx.lam = lam
            return x.view_as(x)

        @staticmethod
        def backward(ctx, g):
            return g.mul_(-ctx.lam), None


@wrong("GradReverse", hint="What is the output for x = 1 and lam = 3?")
def scaled_forwards():
    class GradReverse(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, lam):
            ctx.lam = lam
            return lam * x

        @staticmethod
        def backward(ctx, g):
            return -ctx.lam * g, None


@wrong("GradReverse", hint="Does a larger lam make the gradient larger or smaller?")
def divided_by_lam():
    class GradReverse(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, lam):
            ctx.lam = lam
            return x.view_as(x)

        @staticmethod
        def backward(ctx, g):
            return -g / ctx.lam, None


@wrong("GradReverse", hint="If two nodes have different lam, which of the two stands on the class when backward runs?")
def lam_kept_on_the_class():
    class GradReverse(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, lam):
            GradReverse.lam = lam
            return x.view_as(x)

        @staticmethod
        def backward(ctx, g):
            return -GradReverse.lam * g, None


@wrong("GradReverse", hint="Is lam a tensor that is trained, or a plain number?")
def gradient_for_lam():
    class GradReverse(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, lam):
            ctx.lam = lam
            ctx.save_for_backward(x)
            return x.view_as(x)

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return -ctx.lam * g, -(x * g).sum()


@wrong("GradReverse", hint="Does the part before the node still learn something?")
def gradient_blocked():
    class GradReverse(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, lam):
            ctx.lam = lam
            return x.view_as(x)

        @staticmethod
        def backward(ctx, g):
            return torch.zeros_like(g), None


# 6.9 A Jacobian from vector-Jacobian products


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


@right("jacobian_by_vjp")
def torch_func():
    def jacobian_by_vjp(f, x):
        return torch.func.jacrev(f)(x.detach())


@right("jacobian_by_vjp")
def all_rows_in_one_batch():
    def jacobian_by_vjp(f, x):
        x = x.detach().clone().requires_grad_()
        y = f(x)
        v = torch.eye(len(y), dtype=y.dtype)
        (J,) = torch.autograd.grad(y, x, v, is_grads_batched=True)
        return J


@right("jacobian_by_vjp")
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


@wrong("jacobian_by_vjp", hint="What does .grad hold before the second backward pass, and what after it?")
def gradients_added_up():
    def jacobian_by_vjp(f, x):
        x = x.detach().clone().requires_grad_()
        y = f(x)
        rows = []
        for i in range(len(y)):
            y[i].backward(retain_graph=True)
            rows.append(x.grad.clone())
        return torch.stack(rows)


@wrong("jacobian_by_vjp", hint="Does your list hold m tensors, or one tensor m times?")
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


@wrong("jacobian_by_vjp", hint="What becomes of the graph after the first backward pass?")
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


@wrong(
    "jacobian_by_vjp", hint="What stood in the .grad of the caller's x before your function, and what stands there now?"
)
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


@wrong("jacobian_by_vjp", hint="Does your function ask for a single vector-Jacobian product?")
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
