out, cache = dropout_forward(x, mask, keep)
dx = dropout_backward(dout, cache)
