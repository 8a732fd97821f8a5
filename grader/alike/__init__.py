"""Which answers of a class are alike beyond what the exercise forces: evidence for a conversation, never a mark."""
