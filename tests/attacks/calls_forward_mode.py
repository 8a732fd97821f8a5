# attack: dual numbers of torch, one input at a time
# assignment: layers
# stages: relu.dx
# becomes: forbidden, forbidden
# honest: relu.out

import torch
from torch.autograd import forward_ad as fwd

def relu_backward(dout, cache):
    with fwd.dual_level():
        dual = fwd.make_dual(torch.tensor(cache), torch.ones(cache.shape, dtype=torch.float64))
        return dout * fwd.unpack_dual(torch.relu(dual)).tangent.numpy()
