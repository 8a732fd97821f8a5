out = x @ weight + bias
later = x_later @ weight + bias
