# attack: an object that holds another one, and that one another, without an end
# assignment: modules
# stages: linear.out, linear.dx
# becomes: timeout CpuLimit
# honest: sgd.velocity_1
# limits: short

class Endless:
    @property
    def __dict__(self): return {'next': Endless()}

class Linear(Endless):
    def __init__(self, inputs, outputs): pass
    def __setattr__(self, name, value): pass
    def forward(self, x): return x
    def backward(self, dout): return dout
