loss, grads = two_layer_loss(x, y, W1, b1, W2, b2, reg)
dW1, db1 = grads["W1"], grads["b1"]
dW2, db2 = grads["W2"], grads["b2"]
