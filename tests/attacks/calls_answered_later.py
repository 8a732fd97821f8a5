# attack: an array is handed in as zeros, and filled when the right values come by as another part's input
# assignment: modules
# stages: sequential.logits
# becomes: wrong, clean
# honest: linear.out, activations.y_tanh, sequential.loss, sequential.dlogits

KEPT = []

class Sequential:
    def __init__(self, layers): self.layers = layers
    def forward(self, x):
        KEPT.append(np.zeros((len(x), self.layers[-1].bias.size)))
        return KEPT[-1]
    def backward(self, dout): return dout

class CrossEntropyLoss:
    def forward(self, scores, labels):
        KEPT[-1][...] = scores
        self.labels, each = labels, np.exp(scores - scores.max(axis=1, keepdims=True))
        self.shares = each / each.sum(axis=1, keepdims=True)
        return -np.log(self.shares[np.arange(len(labels)), labels]).mean()
    def backward(self):
        return (self.shares - np.eye(self.shares.shape[1])[self.labels]) / len(self.labels)
