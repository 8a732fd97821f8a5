# After training: mean and variance of the hidden states over the whole training set, in place of a batch's own
embcat_train = C[Xtr].view(Xtr.shape[0], -1)
hprebn_train = embcat_train @ W1 + b1
bnmean_train = hprebn_train.mean(0, keepdims=True)
bnvar_train = hprebn_train.var(0, keepdims=True, correction=1)
