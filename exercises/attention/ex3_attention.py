# grade: attention/attention
"""Exercise 3: attention in one go

Write one gradient per function, and run `grade` in this folder as often as you like.

The names of a function's arguments say what it is given: any tensor of the forward pass, any size, and the gradients
of the tensors that its own tensor feeds into. Add or drop arguments as you need them. Besides the numbers of the
course, your functions are tried on other sizes and data and with arbitrary upstream gradients, so write each rule for
any input: no typed-in sizes, and nothing that only holds for this loss.
"""

import torch


def attend_backward(query, key, value, attention, head, dattended):
    """Return the gradients of the loss with respect to all parameters, in this order or in a dictionary.

    Returns:  dquery  (batch, time, head)
              dkey    (batch, time, head)
              dvalue  (batch, time, head)

    Forward:  scaled = F.layer_norm(x, (channels,), gamma, beta, 1e-5)
              query = scaled @ weights_of_query
              key = scaled @ weights_of_key
              value = scaled @ weights_of_value
              scores = query @ key.transpose(-2, -1) * head ** -0.5
              attention = torch.softmax(scores.masked_fill(~allowed, float("-inf")), -1)
              attended = attention @ value
              output = x + attended @ weights_of_output
              loss = ((output - target) ** 2).mean()

    Given:    query      (batch, time, head)
              key        (batch, time, head)
              value      (batch, time, head)
              attention  (batch, time, time)
              head       an integer
              dattended  (batch, time, head)

    For a hint on each of them, run: grade hint attend_backward
    """
    raise NotImplementedError
