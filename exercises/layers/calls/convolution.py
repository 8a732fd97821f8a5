out, cache = conv_forward(images, filters, offsets, stride, pad)
dimages, dfilters, doffsets = conv_backward(dout, cache)
