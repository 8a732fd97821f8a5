layer = Embedding(words, hidden)
layer.table = table
out = layer.forward(tokens)
layer.backward(dout)
later = layer.forward(tokens_later)
layer.backward(dlater)
dtable = layer.dtable
