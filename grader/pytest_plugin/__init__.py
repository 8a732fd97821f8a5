"""pytest as a user interface: every stage of an assignment is a test item, judged as `grade` judges it."""
