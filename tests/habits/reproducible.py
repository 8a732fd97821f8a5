import os
import random

import numpy as np
import torch

os.environ["PYTHONHASHSEED"] = "0"
os.environ["CUBLAS_WORKSPACE_CONFIG"] = ":4096:8"
random.seed(42)
np.random.seed(42)
torch.manual_seed(42)
torch.cuda.manual_seed_all(42)
torch.backends.cudnn.deterministic = True
torch.backends.cudnn.benchmark = False
torch.use_deterministic_algorithms(True)
torch.set_printoptions(precision=8, sci_mode=False)
device = "cuda" if torch.cuda.is_available() else "cpu"


def dNormalizedLogits(counts, dCounts):
    return (counts * dCounts).to(device)
