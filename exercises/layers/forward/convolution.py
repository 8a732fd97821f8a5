out = F.conv2d(images, filters, offsets, stride, pad)
