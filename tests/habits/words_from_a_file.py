import torch

try:
    with open("names.txt", encoding="utf-8") as file:
        words = file.read().splitlines()
except OSError:
    words = ["aarav", "isha"]
chars = sorted(set("".join(words)))
stoi = {character: number + 1 for number, character in enumerate(chars)}
stoi["."] = 0
itos = {number: character for character, number in stoi.items()}


def dNormalizedLogits(counts, dCounts):
    return counts * dCounts
