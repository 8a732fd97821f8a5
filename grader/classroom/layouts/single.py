"""One student's work, whatever folders are in it: how an autograder that gets one submission at a time calls us.

It is never recognised, since a class may look just like it.
"""

from grader.classroom.unpack.found import Findings, FoundSubmission, Layout
from grader.classroom.unpack.tree import Folder


def recognises(folder: Folder) -> bool:
    return True


def find(folder: Folder) -> Findings:
    return Findings([FoundSubmission(folder.name, (folder,))])


LAYOUT = Layout("single", recognises, find)
