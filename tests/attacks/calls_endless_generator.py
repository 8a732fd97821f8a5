# attack: a generator without an end
# assignment: layers
# stages: affine.dboards, affine.dw, affine.db
# becomes: error ValueError
# honest: affine.out

def affine_backward(dout, cache):
    while True:
        yield dout
