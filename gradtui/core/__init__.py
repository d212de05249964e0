"""The project's words as values and pure functions: experiment, preset, frame, history, theory, protocol."""
