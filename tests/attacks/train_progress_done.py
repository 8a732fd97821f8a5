# attack: say that the run is over, with no step taken
# exercise: training
# stages: update
# becomes: error MalformedReply, review
# supplied: progress

def update(parameters, gradients, learning_rate):
    send({"number": number(), "step": 100, "seconds": 0.0, "fault": None}, {"losses": [1.0] * 100, "parameters": [0.0] * 4317})
    os._exit(0)
