"""What is done without a screen: run, fix, verify, and look at this machine."""
