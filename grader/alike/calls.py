"""What is written as a call in several ways and is one thing."""

LIBRARIES = ("torch", "numpy", "torch.nn.functional", "torch.linalg")
"""`torch.sum(x, 1)` is `x.sum(1)`."""
BINARY = {
    "mul": "*",
    "multiply": "*",
    "add": "+",
    "sub": "-",
    "subtract": "-",
    "div": "/",
    "divide": "/",
    "true_divide": "/",
    "pow": "**",
    "power": "**",
    "matmul": "@",
    "mm": "@",
    "dot": "@",
}
NEUTRAL = frozenset({"clone", "contiguous", "copy", "detach", "float", "double"})
"""What changes no number of a gradient."""
SAME = {
    "absolute": "abs",
    "clip": "clamp",
    "concatenate": "cat",
    "negative": "neg",
    "permute": "transpose",
    "swapaxes": "transpose",
    "t": "T",
    "view": "reshape",
}
KEYWORDS = {"axis": "dim", "axes": "dim", "keepdims": "keepdim"}
POSITIONS = {
    **dict.fromkeys(("sum", "mean", "max", "min", "amax", "amin", "argmax", "all", "any", "prod"), ("dim", "keepdim")),
    **dict.fromkeys(("softmax", "log_softmax", "cumsum", "unsqueeze", "squeeze", "expand_dims"), ("dim",)),
}
"""What the arguments after the tensor are called, where they are given without their names."""
