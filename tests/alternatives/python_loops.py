# A beginner's style: for loops over rows and elements, as one would write it in a first programming course.
import torch


def dLogProbabilities(probabilities, batchSize, vocabularySize, outputBatch):
    d = torch.zeros(batchSize, vocabularySize)
    for i in range(batchSize):
        for j in range(vocabularySize):
            if j == outputBatch[i]:
                d[i, j] = -1 / batchSize
    return d


def dProbabilities(probabilities, dLogProbabilities):
    d = torch.zeros(probabilities.shape)
    for i in range(len(probabilities)):
        for j in range(probabilities.shape[1]):
            d[i, j] = 1 / probabilities[i, j] * dLogProbabilities[i, j]
    return d


def dSumCountsInverse(counts, dProbabilities, batchSize, vocabularySize):
    d = torch.zeros(batchSize, 1)
    for i in range(batchSize):
        total = 0.0
        for j in range(vocabularySize):
            total += counts[i, j] * dProbabilities[i, j]
        d[i, 0] = total
    return d


def dSumCounts(sumCounts, dSumCountsInverse):
    d = torch.zeros_like(sumCounts)
    for i in range(len(sumCounts)):
        s = sumCounts[i, 0].item()
        d[i, 0] = -1 / (s * s) * dSumCountsInverse[i, 0].item()
    return d


def dCounts(counts, sumCountsInverse, dProbabilities, dSumCounts):
    d = torch.zeros_like(counts)
    for i in range(counts.shape[0]):
        for j in range(counts.shape[1]):
            d[i, j] += dSumCounts[i, 0]
            d[i, j] += sumCountsInverse[i, 0] * dProbabilities[i, j]
    return d


def dNormalizedLogits(normalizedLogits, dCounts):
    rows = []
    for x, g in zip(normalizedLogits, dCounts):
        rows.append(torch.exp(x) * g)
    return torch.stack(rows)


def dMaxLogits(maxLogits, dNormalizedLogits):
    d = torch.zeros_like(maxLogits)
    for i, row in enumerate(dNormalizedLogits):
        for g in row:
            d[i] -= g
    return d


def dLogits(logits, dNormalizedLogits, dMaxLogits):
    d = dNormalizedLogits.clone()
    for i in range(len(logits)):
        best = 0
        for j in range(len(logits[i])):
            if logits[i, j] > logits[i, best]:
                best = j
        d[i, best] += dMaxLogits[i, 0]
    return d


def dHiddenLayerPostActivationStates(weightsOfFinalLayer, dLogits, batchSize, hiddenSize):
    d = torch.zeros(batchSize, hiddenSize)
    for i in range(batchSize):
        d[i] = weightsOfFinalLayer @ dLogits[i]
    return d


def dWeightsOfFinalLayer(hiddenLayerPostActivationStates, dLogits, weightsOfFinalLayer, batchSize):
    d = torch.zeros_like(weightsOfFinalLayer)
    for i in range(batchSize):
        for k in range(len(d)):
            d[k] += hiddenLayerPostActivationStates[i, k] * dLogits[i]
    return d


def dBiasesOfFinalLayer(biasesOfFinalLayer, dLogits):
    d = torch.zeros_like(biasesOfFinalLayer)
    for row in dLogits:
        d += row
    return d


def dHiddenLayerPreActivationStates(hiddenLayerPostActivationStates, dHiddenLayerPostActivationStates):
    rows = []
    for h, g in zip(hiddenLayerPostActivationStates, dHiddenLayerPostActivationStates):
        rows.append(g - h * h * g)
    return torch.stack(rows)


def dBatchGains(batchRawValue, dHiddenLayerPreActivationStates, hiddenSize):
    d = torch.zeros(1, hiddenSize)
    for i in range(batchRawValue.shape[0]):
        d[0] += batchRawValue[i] * dHiddenLayerPreActivationStates[i]
    return d


def dBatchBiases(dHiddenLayerPreActivationStates, hiddenSize):
    d = torch.zeros(1, hiddenSize)
    for row in dHiddenLayerPreActivationStates:
        d[0] += row
    return d


def dBatchRawValue(batchGains, dHiddenLayerPreActivationStates):
    d = torch.empty_like(dHiddenLayerPreActivationStates)
    for i in range(len(d)):
        d[i] = dHiddenLayerPreActivationStates[i] * batchGains[0]
    return d


def dBatchVarianceInverse(batchDifference, dBatchRawValue):
    total = 0
    for i in range(len(batchDifference)):
        total = total + batchDifference[i : i + 1] * dBatchRawValue[i : i + 1]
    return total


def dBatchVariance(batchVariance, dBatchVarianceInverse):
    d = torch.zeros_like(batchVariance)
    for k in range(batchVariance.shape[1]):
        v = batchVariance[0, k].item() + 1e-5
        d[0, k] = -0.5 * dBatchVarianceInverse[0, k].item() / (v * v ** 0.5)
    return d


def dBatchDifferencePow2(batchDifferencePow2, batchSize, dBatchVariance):
    d = torch.zeros_like(batchDifferencePow2)
    for i in range(batchSize):
        d[i] = dBatchVariance[0] / (batchSize - 1)
    return d


def dBatchDifference(batchDifference, batchVarianceInverse, dBatchDifferencePow2, dBatchRawValue):
    d = torch.zeros_like(batchDifference)
    for i in range(len(d)):
        d[i] += dBatchRawValue[i] * batchVarianceInverse[0]
        d[i] += dBatchDifferencePow2[i] * 2 * batchDifference[i]
    return d


def dBatchMeanAtIteration(batchMeanAtIteration, dBatchDifference):
    d = torch.zeros_like(batchMeanAtIteration)
    for row in dBatchDifference:
        d[0] -= row
    return d


def dHiddenLayerPreBatchNormStates(batchSize, dBatchMeanAtIteration, dBatchDifference):
    d = torch.zeros_like(dBatchDifference)
    for i in range(batchSize):
        d[i] = dBatchDifference[i] + dBatchMeanAtIteration[0] / batchSize
    return d


def dConcatenatedEmbedding(weightsOfHiddenLayer, concatenatedEmbedding, dHiddenLayerPreBatchNormStates):
    d = torch.zeros_like(concatenatedEmbedding)
    for i in range(len(d)):
        d[i] = weightsOfHiddenLayer @ dHiddenLayerPreBatchNormStates[i]
    return d


def dWeightsOfHiddenLayer(weightsOfHiddenLayer, concatenatedEmbedding, dHiddenLayerPreBatchNormStates):
    d = torch.zeros_like(weightsOfHiddenLayer)
    for i in range(len(concatenatedEmbedding)):
        d += torch.outer(concatenatedEmbedding[i], dHiddenLayerPreBatchNormStates[i])
    return d


def dBiasesOfHiddenLayer(dHiddenLayerPreBatchNormStates):
    d = 0
    for row in dHiddenLayerPreBatchNormStates:
        d = d + row
    return d


def dEmbedding(batchSize, blockSize, embeddingSize, dConcatenatedEmbedding):
    d = torch.zeros(batchSize, blockSize, embeddingSize)
    for i in range(batchSize):
        for t in range(blockSize):
            d[i, t] = dConcatenatedEmbedding[i, t * embeddingSize : (t + 1) * embeddingSize]
    return d


def dEmbeddingLookUpMatrix(embeddingLookUpMatrix, inputBatch, dEmbedding):
    d = torch.zeros_like(embeddingLookUpMatrix)
    for i in range(inputBatch.shape[0]):
        for t in range(inputBatch.shape[1]):
            d[inputBatch[i, t]] += dEmbedding[i, t]
    return d


def dLogitsFast(logits, outputBatch, batchSize):
    d = torch.zeros_like(logits)
    for i in range(batchSize):
        e = torch.exp(logits[i] - max(logits[i]))
        d[i] = e / sum(e)
        d[i, outputBatch[i]] -= 1
        d[i] /= batchSize
    return d


def dHiddenLayerPreBatchNormStatesFast(batchGains, batchVarianceInverse, batchRawValue, batchSize, hiddenSize, dHiddenLayerPreActivationStates):
    d = torch.zeros(batchSize, hiddenSize)
    for k in range(hiddenSize):
        # plain numbers: indexing a tensor element by element is slow
        g = (dHiddenLayerPreActivationStates[:, k] * batchGains[0, k]).tolist()
        x = batchRawValue[:, k].tolist()
        inverse = batchVarianceInverse[0, k].item()
        throughMean = 0.0
        throughVariance = 0.0
        for i in range(batchSize):
            throughMean += g[i]
            throughVariance += g[i] * x[i]
        for i in range(batchSize):
            d[i, k] = inverse * (g[i] - throughMean / batchSize - x[i] * throughVariance / (batchSize - 1))
    return d
