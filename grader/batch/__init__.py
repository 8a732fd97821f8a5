"""A class at a time: find the submissions, grade them side by side, keep the books."""
