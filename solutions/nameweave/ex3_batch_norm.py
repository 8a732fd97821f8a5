# grade: nameweave/batch-norm
import torch


def dHiddenLayerPreBatchNormStatesFast(batchGains, batchVarianceInverse, batchRawValue, batchSize, dHiddenLayerPreActivationStates):
    upstream = dHiddenLayerPreActivationStates
    return batchGains * batchVarianceInverse / batchSize * (
        batchSize * upstream
        - upstream.sum(0)
        - batchSize / (batchSize - 1) * batchRawValue * (upstream * batchRawValue).sum(0)
    )
