true_class = F.one_hot(y, classes) > 0
true_scores = scores[torch.arange(batch), y][:, None]
margins = torch.relu(scores - true_scores + 1)
violations = margins.masked_fill(true_class, 0)
loss = violations.sum() / batch
