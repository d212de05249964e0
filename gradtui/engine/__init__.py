"""Everything that needs PyTorch: networks, tasks, probes and the trainer.

OpenMP's threads wait for each other by spinning, which beside other busy processes costs a step up to twenty times its time: here
they sleep after some ten microseconds, unless the environment says how they shall wait. OpenMP reads it when PyTorch is loaded, so
that comes after this.
"""

import os

if "OMP_WAIT_POLICY" not in os.environ:
    os.environ.setdefault("GOMP_SPINCOUNT", "1000")
