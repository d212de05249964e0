"""Tasks from tables of real measurements, and Friedman's function: rows of numbers without any order among them."""

from __future__ import annotations

import numpy as np

from gradtui.engine.data.tasks import Data, Subset, Values, both, split, state


def wine(values: Values, random: np.random.Generator) -> Data:
    """Thirteen chemical measurements of wines from three growers (scikit-learn's load_wine)."""
    from sklearn.datasets import load_wine

    inputs, targets = load_wine(return_X_y=True)
    return split(inputs, targets, random)


def breast_cancer(values: Values, random: np.random.Generator) -> Data:
    """Thirty measurements of the cells of a tumour, malignant (0) or benign (1) (scikit-learn's load_breast_cancer)."""
    from sklearn.datasets import load_breast_cancer

    inputs, targets = load_breast_cancer(return_X_y=True)
    return split(inputs, targets, random)


def diabetes(values: Values, random: np.random.Generator) -> Data:
    """Ten measurements of patients and how far their disease went in a year (Efron 2004; scikit-learn's load_diabetes)."""
    from sklearn.datasets import load_diabetes

    inputs, targets = load_diabetes(return_X_y=True)
    return split(inputs, targets[:, None], random)


def friedman(values: Values, random: np.random.Generator) -> Data:
    """10 sin(pi a b) + 20 (c - 1/2)^2 + 10 d + 5 e of ten numbers uniform in [0, 1), five of them idle (make_friedman1)."""
    from sklearn.datasets import make_friedman1

    def drawn(samples: int) -> Subset:
        inputs, targets = make_friedman1(samples, noise=values["noise"], random_state=state(random))
        return Subset(inputs, targets[:, None])

    return both(drawn, values)
