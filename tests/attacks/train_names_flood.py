# attack: give a million characters of names
# exercise: training
# stages: sample
# becomes: error MalformedReply, review
# supplied: progress

def sample():
    for probe in range(2):
        texts = ["a" * 1999 + "."] * 500
        send({"number": number(), "place": probe, "fault": None, "notes": [], "seconds": 0.0, "texts": texts}, {})
    os._exit(0)
