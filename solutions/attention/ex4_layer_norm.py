# grade: attention/layer-norm
import torch


def dx_fast(gamma, normalised, inverse, dscaled):
    upstream = gamma * dscaled
    return inverse * (
        upstream
        - upstream.mean(-1, keepdims=True)
        - normalised * (upstream * normalised).mean(-1, keepdims=True)
    )
