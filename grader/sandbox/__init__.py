"""Student code runs in a process of its own. Only bytes cross the border, and they are never believed.

`border` is what both sides speak, `ours` asks and checks, `theirs` runs in the student's process.
"""
