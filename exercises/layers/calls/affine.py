out, cache = affine_forward(boards, w, b)
dboards, dw, db = affine_backward(dout, cache)
