"""All published tools by name."""

from __future__ import annotations

from gradtui.diagnosis.published import Tool
from gradtui.diagnosis.published.autotrainer import AUTOTRAINER
from gradtui.diagnosis.published.deepdiagnosis import DEEPDIAGNOSIS
from gradtui.diagnosis.published.nn_htop import NN_HTOP
from gradtui.diagnosis.published.sagemaker import SAGEMAKER
from gradtui.diagnosis.published.torchdiag import TORCHDIAG

PUBLISHED: dict[str, Tool] = {tool.name: tool for tool in (SAGEMAKER, AUTOTRAINER, DEEPDIAGNOSIS, NN_HTOP, TORCHDIAG)}
