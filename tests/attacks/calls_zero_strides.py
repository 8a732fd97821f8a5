# attack: one number that says it has a hundred million million elements
# assignment: layers
# stages: relu.dx
# becomes: error NotATensor
# honest: relu.out

def relu_backward(dout, cache):
    return np.broadcast_to(0.0, (10**7, 10**7))
