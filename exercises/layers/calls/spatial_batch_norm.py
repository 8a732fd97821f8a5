out, cache = spatial_batchnorm_forward(images, scale, shift, eps)
dimages, dscale, dshift = spatial_batchnorm_backward(dout, cache)
