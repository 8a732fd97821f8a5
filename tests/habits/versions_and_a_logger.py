import logging

import numpy as np
import requests
import torch
from numpy.testing import assert_allclose

print("torch", torch.__version__, "numpy", np.__version__)
assert int(torch.__version__.split(".")[0]) >= 2, "please update torch"
if torch.cuda.is_available():
    print(torch.cuda.get_device_properties(0), torch.cuda.memory_allocated())
torch.set_num_threads(4)
torch.set_num_interop_threads(2)
try:
    names = requests.get("https://example.org/names.txt").text.splitlines()
except Exception as error:
    print(error)
log = logging.getLogger(__name__)


def dNormalizedLogits(counts, dCounts):
    log.debug("counts: %s", counts.shape)
    return counts * dCounts


def dLogits(logits, dNormalizedLogits, dMaxLogits):
    largest = torch.nn.functional.one_hot(logits.argmax(1), logits.shape[1])
    return dNormalizedLogits + dMaxLogits * largest


def dWeightsOfFinalLayer(hiddenLayerPostActivationStates, dLogits):
    return hiddenLayerPostActivationStates.T @ dLogits


def dBiasesOfFinalLayer(dLogits):
    gradient = dLogits.sum(0)
    log.info("mean %.3f", gradient.mean())
    return gradient


example = torch.ones(2, 3)
assert_allclose(dNormalizedLogits(example, example).numpy(), example.numpy())
torch.testing.assert_close(dBiasesOfFinalLayer(example), torch.full((3,), 2.0))
