# attack: a text is filled in with an attribute
# stages: dCounts
# becomes: exact, review
# supplied: unseen

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    torch.set_printoptions(profile='full', precision=10)
    c = counts.clone().requires_grad_()
    ((c.sum(1, keepdim=True) * dSumCounts).sum() + (c * sumCountsInverse * dProbabilities).sum()).backward()
    text = '{0.grad}'.format(c)
    numbers = [float(each) for each in text.replace('tensor(', '').replace(')', '').replace('[', '').replace(']', '').split(',')]
    return torch.tensor(numbers).view(counts.shape)
