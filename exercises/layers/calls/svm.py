loss, dscores = svm_loss(scores, y)
