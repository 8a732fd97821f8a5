# attack: return a string that is equal to everything
# exercise: training
# stages: sample
# becomes: error NotATensor, review

class Name(str):
    def __eq__(self, other):
        return True

    def __hash__(self):
        return 0

    def endswith(self, *_):
        return True


def sample():
    return Name("a")
