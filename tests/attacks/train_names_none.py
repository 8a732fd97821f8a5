# attack: give no name at all
# exercise: training
# stages: sample
# becomes: error MalformedReply, review
# supplied: progress

def sample():
    for probe in range(2):
        header = {"number": number(), "place": probe, "fault": None, "notes": [], "seconds": 0.0, "texts": []}
        send(header, {})
    os._exit(0)
