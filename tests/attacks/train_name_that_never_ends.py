# attack: draw for ever
# exercise: training
# limits: short
# stages: sample
# becomes: timeout CpuLimit, clean

def sample():
    name = ""
    while True:
        name = "a"
