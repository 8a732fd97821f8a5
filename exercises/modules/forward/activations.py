y_relu = torch.relu(x_relu)
y_sigmoid = torch.sigmoid(x_sigmoid)
y_tanh = torch.tanh(x_tanh)
inside = (2 / torch.pi) ** 0.5 * (x_gelu + 0.044715 * x_gelu ** 3)
gate = (1 + torch.tanh(inside)) / 2
y_gelu = x_gelu * gate
