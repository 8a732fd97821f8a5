# attack: flat, and the value is read from the gradient of what is given
# stages: dCounts, dSumCounts
# becomes: forbidden, forbidden
# honest: dNormalizedLogits

loss.backward(retain_graph=True)
dCounts = counts.grad
dSumCounts = torch.autograd.grad(loss, sumCounts)[0]
dNormalizedLogits = counts * dCounts
