"""Programs that measure, each run by hand."""

import gradtui.engine  # noqa: F401  before anything here loads PyTorch, as in the program
