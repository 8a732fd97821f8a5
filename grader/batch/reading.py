"""What a student handed in, read as text. Needs no torch."""

from dataclasses import replace

from grader.batch.layout import HandIn
from grader.submission import Submission, encodable, read_submission, unreadable_submission


def read_hand_in(hand_in: HandIn) -> Submission:
    """The submission at a place in a class; one that cannot be read says so as its fault."""
    try:
        submission = read_submission(hand_in.path)
    except Exception as error:
        submission = unreadable_submission(hand_in.path, str(error))
    return known_of(hand_in, submission)


def known_of(hand_in: HandIn, submission: Submission) -> Submission:
    """The submission, with what the class knows of it."""
    return replace(
        submission,
        id=encodable(hand_in.id),
        late=hand_in.late,
        notes=tuple(encodable(note) for note in hand_in.notes),
        identities={system: encodable(name) for system, name in hand_in.identities.items()},
    )
