"""Which part of the data a lane trains on, is validated by, and is never shown."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from gradtui.core.frozen import Frozen


class Part(Frozen):
    """How a lane's data are cut.

    Without folds the training part is the ordinary one. With `folds` the ordinary training part is cut in so many, stratified by
    class, and fold number `fold`, counted from 0, validates what the others train. With `test` some examples are set aside that no
    choice may look at: with folds the ordinary validation part, without them half of it, stratified; and where the task draws its
    examples at will, as many fresh ones.
    """

    folds: Annotated[int, Field(ge=0)] = 0
    fold: Annotated[int, Field(ge=0)] = 0
    test: bool = False


WHOLE = Part()
"""The ordinary cut: training and validation."""
