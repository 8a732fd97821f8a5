# attack: an exception that cannot be told
# assignment: layers
# stages: relu.dx
# becomes: error Crash
# honest: affine.out

class Loud(BaseException):
    def __str__(self): raise Loud()
    def __getattribute__(self, name): raise Loud()

def relu_backward(dout, cache):
    raise Loud()
