"""Where what the tests read lies in this repository."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SOLUTIONS = ROOT / "solutions" / "nameweave"
STUBS = ROOT / "exercises" / "nameweave"
MISTAKES = ROOT / "tests" / "submissions" / "typical_mistakes"
ALTERNATIVES = sorted((ROOT / "tests" / "alternatives").glob("*.py"))
GRADIENTS = ("every-expression", "cross-entropy", "batch-norm")
"""The exercises of NameWeave that ask for gradients."""
