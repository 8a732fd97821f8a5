# attack: everything is of every class
# assignment: layers
# stages: relu.dx
# becomes: error Crash
# problem: While the file was being loaded

import builtins
builtins.isinstance = lambda *a: True

def relu_backward(dout, cache):
    return 'exact'
