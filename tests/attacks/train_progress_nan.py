# attack: tell of parameters that are no numbers
# exercise: training
# stages: update
# becomes: error MalformedReply, review
# supplied: progress

def update(parameters, gradients, learning_rate):
    send({"number": number(), "step": 100, "seconds": 0.0, "fault": None}, {"losses": [float("nan")] * 100, "parameters": [float("nan")] * 4317})
    os._exit(0)
