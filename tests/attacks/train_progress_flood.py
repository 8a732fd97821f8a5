# attack: report the same step for ever
# exercise: training
# stages: update
# becomes: error MalformedReply, review
# supplied: progress

def update(parameters, gradients, learning_rate):
    count = sum(parameter.numel() for parameter in parameters)
    while True:
        send({"number": number(), "step": 0, "seconds": 0.0, "fault": None}, {"losses": [], "parameters": [0.0] * count})
