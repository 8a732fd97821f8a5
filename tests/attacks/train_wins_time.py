# attack: hold the run up until somebody gives in
# exercise: training
# limits: short
# stages: update
# becomes: timeout WallClockLimit, clean

import time


def update(parameters, gradients, learning_rate):
    time.sleep(60)
