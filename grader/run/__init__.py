"""One run: what is asked for, the probes, the questions, the judgements, the result."""
