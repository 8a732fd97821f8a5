loss, dscores = softmax_loss(scores, y)
