# attack: an update that goes down along autograd's gradient of a loss of its own
# exercise: training
# stages: update
# becomes: exact|approximate, review

def update(parameters, gradients, learning_rate):
    with torch.enable_grad():
        leaves = [parameter.clone().requires_grad_() for parameter in parameters]
        sum((leaf * gradient).sum() for leaf, gradient in zip(leaves, gradients)).backward()
    return [parameter - learning_rate * leaf.grad for parameter, leaf in zip(parameters, leaves)]
