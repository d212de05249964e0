"""What fills the terminal, or lies over what does: the Lab, and the dialogs and pages that it opens."""
