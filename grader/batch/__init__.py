"""A class at a time: find the hand-ins, grade them side by side, keep the books."""
