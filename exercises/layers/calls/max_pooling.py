out, cache = max_pool_forward(images, filter_height, filter_width, stride)
dimages = max_pool_backward(dout, cache)
