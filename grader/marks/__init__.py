"""What instructors add to what was judged: adjustments and lateness, and the mark that comes of it."""
