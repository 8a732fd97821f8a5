# attack: a node that another node leads to is called by hand
# stages: dNormalizedLogits
# becomes: forbidden, forbidden
# honest: dSumCounts
# supplied: unseen

def dNormalizedLogits(normalizedLogits, dCounts):
    x = normalizedLogits.clone().requires_grad_()
    (node, _), = (x.exp() * 1).grad_fn.next_functions[:1]
    return node(dCounts)
