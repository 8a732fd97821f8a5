"""From answers to verdicts. Everything here runs in our process, on tensors rebuilt from bytes."""
