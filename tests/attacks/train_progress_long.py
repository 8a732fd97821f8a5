# attack: tell of far too many parameters
# exercise: training
# stages: update
# becomes: error MalformedReply, review
# supplied: progress

def update(parameters, gradients, learning_rate):
    send({"number": number(), "step": 1, "seconds": 0.0, "fault": None}, {"losses": [1.0], "parameters": [0.0] * 1_000_000})
    os._exit(0)
