# grade: makemore/batch-norm
import torch


def dhprebn_fast(bngain, bnvar_inv, bnraw, n, dhpreact):
    upstream = dhpreact
    return bngain * bnvar_inv / n * (
        n * upstream
        - upstream.sum(0)
        - n / (n - 1) * bnraw * (upstream * bnraw).sum(0)
    )
