loss = F.cross_entropy(scores, y)
