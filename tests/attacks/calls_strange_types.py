# attack: an array of records
# assignment: layers
# stages: relu.dx
# becomes: error NotATensor
# honest: relu.out

def relu_backward(dout, cache):
    return np.zeros(dout.shape, dtype=[('dx', 'f8'), ('exact', '?')])
