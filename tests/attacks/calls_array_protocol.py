# attack: an object that says it is an array
# assignment: layers
# stages: relu.dx
# becomes: error NotATensor
# honest: relu.out

class Array:
    __array_interface__ = {'shape': (6, 7), 'typestr': '<f8', 'data': (0, False), 'version': 3}
    def __array__(self, *a, **k): raise SystemExit(0)

def relu_backward(dout, cache):
    return Array()
