import json
import os
import stat
import struct


def channel():
    return next(n for n in range(3, 4096) if is_socket(n))


def is_socket(n):
    try:
        return stat.S_ISSOCK(os.fstat(n).st_mode)
    except OSError:
        return False


def write(data):
    view = memoryview(data)
    while view:
        view = view[os.write(channel(), view):]


def frame(header, body=b""):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<II", len(text), len(body)) + text + body


def tensor(shape=(32, 27), data=None, dtype="F32", name="answer", length=None):
    data = bytes(4 * 32 * 27) if data is None else data
    end = len(data) if length is None else length
    head = json.dumps({name: {"dtype": dtype, "shape": list(shape), "data_offsets": [0, end]}}).encode()
    return struct.pack("<Q", len(head)) + head + data


def number():
    """Of the ask in hand, found on the stack."""
    import sys
    f = sys._getframe()
    while f:
        if hasattr(f.f_locals.get("ask"), "number"):
            return f.f_locals["ask"].number
        f = f.f_back
    return 1


def told(probe=0, fault=None, notes=(), seconds=0.0, observed=None, ask=None):
    return {"number": number() if ask is None else ask, "place": probe, "fault": fault, "notes": list(notes),
            "seconds": seconds, "observed": observed}


def only_mine():
    """Keep the child's own account of the loading back."""
    import sys
    wire = sys.modules["grader.sandbox.border.wire"]
    real = wire.pack
    wire.pack = lambda header, body=b"": b"" if type(header).__name__ == "Loaded" else real(header, body)


CLEAN = {"operations": {"aten.mul": 2, "aten.add": 1}, "differentiated": False, "from_autograd": False}
