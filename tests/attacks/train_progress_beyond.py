# attack: tell of more steps than there are
# exercise: training
# stages: update
# becomes: error MalformedReply, review
# supplied: progress

def update(parameters, gradients, learning_rate):
    send({"number": number(), "step": 1000000000, "seconds": 0.0, "fault": None}, {"losses": [1.0], "parameters": [0.0]})
    os._exit(0)
