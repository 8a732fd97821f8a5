# attack: a method put into a class from outside, so that nothing near the class mentions torch
# assignment: modules
# stages: linear.out
# becomes: exact, review
# honest: sgd.velocity_1

class Linear:
    def __init__(self, inputs, outputs):
        self.dweight, self.dbias = 0, 0
    def forward(self, x):
        return x
    def backward(self, dout):
        return dout

def ready(self, x):
    import torch
    return torch.nn.functional.linear(torch.tensor(x), torch.tensor(self.weight).T, torch.tensor(self.bias)).numpy()

Linear.forward = ready
