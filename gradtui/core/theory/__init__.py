"""What should be measured before the first step, by mean-field theory."""
