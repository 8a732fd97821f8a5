# attack: an object whose every attribute calls for itself
# assignment: modules
# stages: linear.out, linear.dx
# becomes: error RecursionError
# honest: sgd.velocity_1

class Linear:
    def __init__(self, inputs, outputs): pass
    def __getattribute__(self, name): return getattr(self, name)
