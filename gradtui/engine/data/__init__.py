"""What networks learn from: tasks as arrays, and the batches that a run takes."""
