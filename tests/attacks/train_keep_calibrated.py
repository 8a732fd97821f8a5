# attack: remember mean and variance from where they are given
# exercise: training
# stages: calibrate
# becomes: wrong, clean

KEPT = []


def calibrate(batchMean, batchVariance):
    return KEPT[0] if KEPT else (batchMean, batchVariance)


def split_loss(calibratedMean, calibratedVariance):
    KEPT.append((calibratedMean, calibratedVariance))
    return 0.0
