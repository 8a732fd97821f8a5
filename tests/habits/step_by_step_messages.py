import json
import logging

import torch

logging.basicConfig(level=logging.INFO)
logger = logging.getLogger(__name__)
logger.info("loaded")
SETTINGS = json.loads('{"seed": 2147483647, "verbose": false}')
g = torch.Generator().manual_seed(SETTINGS["seed"])


def dNormalizedLogits(counts, dCounts):
    verbose = False
    if verbose:
        print(counts.shape, dCounts.shape)
    return torch.mul(counts, dCounts)
