"""A terminal laboratory for gradient flow in neural networks."""

__version__ = "0.1.0"
