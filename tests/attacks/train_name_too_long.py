# attack: return a name of a hundred megabytes
# exercise: training
# stages: sample
# becomes: wrong, clean

def sample():
    return "a" * 100_000_000 + "."
