# attack: tell of steps without a body
# exercise: training
# stages: update
# becomes: error MalformedReply, review
# supplied: progress

def update(parameters, gradients, learning_rate):
    send({"number": number(), "step": 100, "seconds": 0.0, "fault": None}, {})
    os._exit(0)
