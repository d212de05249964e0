"""What is kept on disk of runs and studies: logs that survive, and files that are written whole."""
