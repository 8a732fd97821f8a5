"""Everything that runs in the process of the student's code. Nothing that decides a mark is here."""
