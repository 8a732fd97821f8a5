out, cache = layernorm_forward(x, gamma, beta, eps)
dx, dgamma, dbeta = layernorm_backward(dout, cache)
