layer = Linear(inputs, outputs)
layer.weight, layer.bias = weight, bias
out = layer.forward(x)
dx = layer.backward(dout)
later = layer.forward(x_later)
dx_later = layer.backward(dlater)
dweight, dbias = layer.dweight, layer.dbias
