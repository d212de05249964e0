"""Between Textual and the terminal: start, signals, hostile input, slow links and the way back."""
