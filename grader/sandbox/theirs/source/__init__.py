"""The student's sources: which stages they hold, what is read in them, how they can be edited."""
