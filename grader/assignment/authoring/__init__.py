"""What an author gives out, made from forward scripts and solutions: stubs, the notebook, the students' copy."""
