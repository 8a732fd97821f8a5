# attack: what is given is given other sizes, other strides and another type
# assignment: layers
# stages: batch-norm.out
# becomes: error ValueError
# honest: batch-norm.tested

def batchnorm_forward(x, gamma, beta, running_mean, running_variance, momentum, eps):
    x.dtype = np.int64
    x.shape = x.size
    x.strides = (0,)
    x.resize(10**6, refcheck=False)
    return x, running_mean, running_variance, None
