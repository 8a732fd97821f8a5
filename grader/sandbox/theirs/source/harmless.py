"""Forms of calls that are seen to reach nothing, by their text alone."""

import ast
import string


def is_type_of_one(node: ast.Call) -> bool:
    """Whether it is `type(x)`."""
    one = len(node.args) == 1 and not node.keywords and not has_star(node)
    return one and isinstance(node.func, ast.Name) and node.func.id == "type"


def parses_alone(node: ast.Call) -> bool:
    """Whether arguments of the command line are put on nothing that was given: they may have any name and value."""
    named = all(keyword.arg and keyword.arg != "namespace" for keyword in node.keywords)
    return named and len(node.args) < 2 and not has_star(node)


def has_star(node: ast.Call) -> bool:
    """Whether the place of an argument in the call does not say which argument it is."""
    return any(isinstance(each, ast.Starred) for each in node.args)


def is_plain_format(text: str) -> bool:
    """Whether a text that is to be filled in takes no attribute of anything."""
    try:
        fields = [(name or "", spec or "") for _, name, spec, _ in string.Formatter().parse(text)]
    except ValueError:
        return False
    return all("." not in name and "[" not in name and is_plain_format(spec) for name, spec in fields)
