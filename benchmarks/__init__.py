"""Programs that measure, each run by hand."""
