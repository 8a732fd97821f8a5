# attack: return names with control characters and markup
# exercise: training
# stages: sample
# becomes: wrong, clean

def sample():
    return "\x1b[2J<script>alert(1)</script>\u202e."
