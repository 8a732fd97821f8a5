import json
import os
import struct
import sys


def number():
    f = sys._getframe()
    while f:
        if hasattr(f.f_locals.get("ask"), "number"):
            return f.f_locals["ask"].number
        f = f.f_back
    return 1


def channel():
    f = sys._getframe()
    while f:
        if "channel" in f.f_locals:
            return f.f_locals["channel"]
        f = f.f_back


def send(header, tensors):
    data, head = b"", {}
    for name, values in tensors.items():
        packed = struct.pack(f"<{len(values)}f", *values)
        head[name] = {"dtype": "F32", "shape": [len(values)], "data_offsets": [len(data), len(data) + len(packed)]}
        data += packed
    head = json.dumps(head).encode()
    body = struct.pack("<Q", len(head)) + head + data if tensors else b""
    text = json.dumps(header).encode()
    channel().sendall(struct.pack("<II", len(text), len(body)) + text + body)
