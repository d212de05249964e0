"""Everything that needs PyTorch: networks, tasks, probes, the trainer and the backend's main loop."""
