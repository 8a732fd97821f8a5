surprise = F.cross_entropy(scores, labels)
distance = ((guess - target) ** 2).mean()
loss = surprise + distance
