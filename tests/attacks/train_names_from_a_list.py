# attack: give names out of a list
# exercise: training
# stages: sample
# becomes: wrong, clean

import random


def sample():
    return random.choice(["anna.", "berta.", "clara.", "doris."])
