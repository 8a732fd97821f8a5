# grade: makemore/training
import torch
import torch.nn.functional as F


def backward(
    C, W1, W2, bngain, Xb, Yb,
    embcat, bnvar_inv, bnraw, h, logits, n,
):
    # cross entropy
    dlogits = F.softmax(logits, 1)
    dlogits[torch.arange(n), Yb] -= 1
    dlogits /= n
    # final layer and tanh
    dW2 = h.T @ dlogits
    db2 = dlogits.sum(0)
    dhpreact = (1 - h ** 2) * (dlogits @ W2.T)
    # batch norm
    dbngain = (bnraw * dhpreact).sum(0, keepdim=True)
    dbnbias = dhpreact.sum(0, keepdim=True)
    dhpreact = bngain * bnvar_inv * (
        dhpreact - (dbnbias + bnraw * dbngain * n / (n - 1)) / n
    )
    # hidden layer and embedding
    dW1 = embcat.T @ dhpreact
    db1 = dhpreact.sum(0)
    demb = (dhpreact @ W1.T).view(-1, C.shape[1])
    dC = torch.zeros_like(C).index_add_(0, Xb.view(-1), demb)
    return (
        dC, dW1, db1, dW2,
        db2, dbngain, dbnbias,
    )


def update(parameters, gradients, learning_rate):
    return [parameter - learning_rate * gradient for parameter, gradient in zip(parameters, gradients)]


def calibrate(C, W1, b1, Xtr):
    emb = C[Xtr].view(Xtr.shape[0], -1)
    states = emb @ W1 + b1
    return states.mean(0, keepdim=True), states.var(0, keepdim=True, correction=1)


def split_loss(
    C, W1, b1, W2, b2,
    bngain, bnbias, bnmean_train, bnvar_train, x, y,
):
    emb = C[x].view(x.shape[0], -1)
    states = emb @ W1 + b1
    raw = (states - bnmean_train) * (bnvar_train + 1e-5) ** -0.5
    logits = torch.tanh(bngain * raw + bnbias) @ W2 + b2
    return F.cross_entropy(logits, y)


def sample(
    C, W1, b1, W2, b2,
    bngain, bnbias, bnmean_train, bnvar_train, block_size, vocabulary, generator,
):
    context, name = [0] * block_size, ""
    while not name.endswith("."):
        emb = C[torch.tensor([context])].view(1, -1)
        states = emb @ W1 + b1
        raw = (states - bnmean_train) * (bnvar_train + 1e-5) ** -0.5
        logits = torch.tanh(bngain * raw + bnbias) @ W2 + b2
        character = torch.multinomial(F.softmax(logits, 1), 1, generator=generator).item()
        context, name = [*context[1:], character], name + vocabulary[character]
    return name
