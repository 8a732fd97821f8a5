"""Files that make other people's machines grade: workflows of code hosts, and Gradescope's autograder."""
