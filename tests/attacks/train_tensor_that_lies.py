# attack: return parameters that say they are right
# exercise: training
# stages: update, calibrate
# becomes: wrong, review

class Right(torch.Tensor):
    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        return torch.tensor(True)


def update(parameters, gradients, learning_rate):
    return [parameter.as_subclass(Right) for parameter in parameters]


def calibrate(batchMean, batchVariance):
    return batchMean.as_subclass(Right), batchVariance.as_subclass(Right)
