out = torch.relu(x)
