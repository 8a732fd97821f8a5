# grade: makemore/every-expression
import torch


def dlogprobs(logprobs, n, Yb):
    gradient = torch.zeros_like(logprobs)
    gradient[torch.arange(n), Yb] = -1.0 / n
    return gradient


def dprobs(probs, dlogprobs):
    return dlogprobs / probs


def dcounts_sum_inv(counts, dprobs):
    return (counts * dprobs).sum(1, keepdims=True)


def dcounts_sum(counts_sum, dcounts_sum_inv):
    return -(counts_sum ** -2) * dcounts_sum_inv


def dcounts(counts, counts_sum_inv, dprobs, dcounts_sum):
    return counts_sum_inv * dprobs + torch.ones_like(counts) * dcounts_sum


def dnorm_logits(counts, dcounts):
    return counts * dcounts


def dlogit_maxes(dnorm_logits):
    return (-dnorm_logits).sum(1, keepdims=True)


def dlogits(logits, dnorm_logits, dlogit_maxes):
    isMax = torch.nn.functional.one_hot(logits.max(1).indices, num_classes=logits.shape[1])
    return dnorm_logits + isMax * dlogit_maxes


def dh(W2, dlogits):
    return dlogits @ W2.T


def dW2(h, dlogits):
    return h.T @ dlogits


def db2(dlogits):
    return dlogits.sum(0)


def dhpreact(h, dh):
    return (1.0 - h ** 2) * dh


def dbngain(bnraw, dhpreact):
    return (bnraw * dhpreact).sum(0, keepdims=True)


def dbnbias(dhpreact):
    return dhpreact.sum(0, keepdims=True)


def dbnraw(bngain, dhpreact):
    return bngain * dhpreact


def dbnvar_inv(bndiff, dbnraw):
    return (bndiff * dbnraw).sum(0, keepdims=True)


def dbnvar(bnvar, dbnvar_inv):
    return -0.5 * (bnvar + 1e-5) ** -1.5 * dbnvar_inv


def dbndiff2(bndiff2, n, dbnvar):
    return 1.0 / (n - 1) * torch.ones_like(bndiff2) * dbnvar


def dbndiff(bndiff, bnvar_inv, dbndiff2, dbnraw):
    return 2.0 * bndiff * dbndiff2 + bnvar_inv * dbnraw


def dbnmeani(dbndiff):
    return (-dbndiff).sum(0, keepdims=True)


def dhprebn(n, dbnmeani, dbndiff):
    return dbndiff + 1.0 / n * torch.ones_like(dbndiff) * dbnmeani


def dembcat(W1, dhprebn):
    return dhprebn @ W1.T


def dW1(embcat, dhprebn):
    return embcat.T @ dhprebn


def db1(dhprebn):
    return dhprebn.sum(0)


def demb(emb, dembcat):
    return dembcat.view(emb.shape)


def dC(C, Xb, demb):
    gradient = torch.zeros_like(C)
    gradient.index_put_((Xb,), demb, accumulate=True)
    return gradient
