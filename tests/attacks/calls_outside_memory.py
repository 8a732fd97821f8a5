# attack: a view of all memory behind an array
# assignment: layers
# stages: relu.dx
# becomes: error ValueError
# honest: affine.out, affine.dw
# limits: short

def relu_backward(dout, cache):
    return np.lib.stride_tricks.as_strided(dout, (10**6, 10**3), (8 * 10**6, 8)).sum() + dout
