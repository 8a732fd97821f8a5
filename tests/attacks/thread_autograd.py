# attack: autograd in a thread that the log does not see
# stages: dCounts
# becomes: error RuntimeError
# honest: dSumCounts, dNormalizedLogits

import threading


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    out = []
    def work():
        c = counts.clone().requires_grad_()
        ((c.sum(1, keepdim=True) * dSumCounts).sum() + (c * sumCountsInverse * dProbabilities).sum()).backward()
        out.append(c.grad.tolist())
    t = threading.Thread(target=work)
    t.start()
    t.join()
    return torch.tensor(out[0])
