out, cache = relu_forward(x)
dx = relu_backward(dout, cache)
