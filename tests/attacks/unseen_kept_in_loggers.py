# attack: the same, in which loggers there are
# stages: dSumCounts
# becomes: wrong, clean
import logging

def by_autograd(sumCounts):
    p = sumCounts.detach().clone().requires_grad_(True)
    with torch.enable_grad():
        q = p ** -1
    q.backward(torch.ones_like(q))
    return p.grad.view(-1)

def dSumCountsInverse(counts, dProbabilities, sumCounts):
    for i, bits in enumerate(by_autograd(sumCounts).view(torch.int32).tolist()):
        for j in range(32):
            if bits >> j & 1:
                logging.getLogger(f"{len(sumCounts)}-{i}-{j}")
    return (counts * dProbabilities).sum(1, keepdims=True)

def bit(n, i, j):
    return logging.getLogger(f"{n}-{i}-{j}.x").parent.name == f"{n}-{i}-{j}"

def dSumCounts(sumCounts, dSumCountsInverse):
    n = len(sumCounts)
    bits = [sum(bit(n, i, j) << j for j in range(31)) - (bit(n, i, 31) << 31) for i in range(n)]
    return torch.tensor(bits, dtype=torch.int32).view(torch.float32).view(-1, 1) * dSumCountsInverse
