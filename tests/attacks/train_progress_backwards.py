# attack: tell of steps that lie behind
# exercise: training
# stages: update
# becomes: error MalformedReply, review
# supplied: progress

def update(parameters, gradients, learning_rate):
    send({"number": number(), "step": -5, "seconds": 0.0, "fault": None}, {"losses": [], "parameters": [0.0]})
    os._exit(0)
