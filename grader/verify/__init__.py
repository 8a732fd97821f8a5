"""What an author has to know of an assignment before anyone is graded by it. Needs a checkout, with the solutions."""
