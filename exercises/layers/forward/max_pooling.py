out = F.max_pool2d(images, (filter_height, filter_width), stride)
