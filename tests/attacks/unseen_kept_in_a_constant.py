# attack: the same, over the bytes of a constant
# stages: dSumCounts
# becomes: wrong, clean

def by_autograd(sumCounts):
    p = sumCounts.detach().clone().requires_grad_(True)
    with torch.enable_grad():
        q = p ** -1
    q.backward(torch.ones_like(q))
    return p.grad.view(-1)

def room(n):
    whole = torch.frombuffer(b"0000000000000000000000000000000000000000" * 100, dtype=torch.float32)
    return whole[n * (n - 1) // 2 : n * (n + 1) // 2]

def dSumCountsInverse(counts, dProbabilities, sumCounts):
    room(len(sumCounts))[:] = by_autograd(sumCounts)
    return (counts * dProbabilities).sum(1, keepdims=True)

def dSumCounts(sumCounts, dSumCountsInverse):
    return room(len(sumCounts)).clone().view(-1, 1) * dSumCountsInverse
