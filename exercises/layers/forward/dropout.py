out = x * mask / keep
