"""What both processes know: the frames between them, the limits, and the training loop that both run."""
