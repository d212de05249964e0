"""An experiment as a plain PyTorch script: one that needs nothing of ours and prints the losses that a run measures."""
