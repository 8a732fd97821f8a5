out = boards.flatten(1) @ w + b
