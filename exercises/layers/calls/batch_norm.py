out, new_mean, new_variance, cache = batchnorm_forward(x, gamma, beta, running_mean, running_variance, momentum, eps)
dx, dgamma, dbeta = batchnorm_backward(dout, cache)
tested = batchnorm_test(x, gamma, beta, running_mean, running_variance, eps)
