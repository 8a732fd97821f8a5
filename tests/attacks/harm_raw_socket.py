# attack: a raw socket, netlink, vsock, alg
# stages: dCounts
# honest: dSumCounts, dNormalizedLogits
import torch


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    import socket
    for family in (socket.AF_PACKET, socket.AF_NETLINK, socket.AF_ALG, 40):
        try:
            socket.socket(family, socket.SOCK_RAW)
            print('open', family)
        except PermissionError:
            pass
    raise OSError
    return torch.zeros_like(counts)


def dSumCounts(sumCounts, dSumCountsInverse):
    return -(sumCounts ** -2) * dSumCountsInverse


def dNormalizedLogits(counts, dCounts):
    return counts * dCounts
