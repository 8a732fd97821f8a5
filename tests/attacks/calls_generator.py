# attack: a generator, whose gradients are worked out by autograd when they are bound
# assignment: layers
# stages: affine.dboards, affine.dw, affine.db
# becomes: forbidden, forbidden
# honest: affine.out

def affine_backward(dout, cache):
    import torch
    x, w = (torch.tensor(each, requires_grad=True) for each in cache)
    (x.flatten(1) @ w).backward(torch.tensor(dout))
    yield x.grad.numpy()
    yield w.grad.numpy()
    yield dout.sum(axis=0)
