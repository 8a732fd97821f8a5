# grade: attention/step-by-step
"""Exercise 1: step by step

Write one gradient per function, and run `grade` in this folder as often as you like.

The names of a function's arguments say what it is given: any tensor of the forward pass, any size, and the gradients
of the tensors that its own tensor feeds into. Add or drop arguments as you need them. Besides the numbers of the
course, your functions are tried on other sizes and data and with arbitrary upstream gradients, so write each rule for
any input: no typed-in sizes, and nothing that only holds for this loss.
"""

import torch
import torch.nn.functional as F


def doutput(output, target, batch, time, channels):
    """Gradient of the loss with respect to `output`, shape (batch, time, channels).

    Forward:  loss = ((output - target) ** 2).mean()

    Given:    output    (batch, time, channels)
              target    (batch, time, channels)
              batch     an integer
              time      an integer
              channels  an integer

    Hint: This is the derivative of a mean of squares: twice the difference, times the share each element has in
    the mean.
    """
    raise NotImplementedError


def dprojected(projected, x, doutput):
    """Gradient of the loss with respect to `projected`, shape (batch, time, channels).

    Forward:  output = x + projected

    Given:    projected  (batch, time, channels)
              x          (batch, time, channels)
              doutput    (batch, time, channels)

    Hint: It is added to what came in: nothing happens to the gradient on the way back.
    """
    raise NotImplementedError


def dattended(attended, weights_of_output, dprojected):
    """Gradient of the loss with respect to `attended`, shape (batch, time, head).

    Forward:  projected = attended @ weights_of_output

    Given:    attended           (batch, time, head)
              weights_of_output  (head, channels)
              dprojected         (batch, time, channels)

    Hint: This is a matrix product with a parameter. Let the shapes decide which factor is transposed.
    """
    raise NotImplementedError


def dweights_of_output(weights_of_output, attended, dprojected):
    """Gradient of the loss with respect to `weights_of_output`, shape (head, channels).

    Forward:  projected = attended @ weights_of_output

    Given:    weights_of_output  (head, channels)
              attended           (batch, time, head)
              dprojected         (batch, time, channels)

    Hint: Every sequence of the batch uses the same weights: take one product per sequence, and add them all up.
    """
    raise NotImplementedError


def dattention(attention, value, dattended):
    """Gradient of the loss with respect to `attention`, shape (batch, time, time).

    Forward:  attended = attention @ value

    Given:    attention  (batch, time, time)
              value      (batch, time, head)
              dattended  (batch, time, head)

    Hint: This is the left factor of a product, with one matrix per sequence.
    """
    raise NotImplementedError


def dtotal_inverse(total_inverse, kept, dattention):
    """Gradient of the loss with respect to `total_inverse`, shape (batch, time, 1).

    Forward:  attention = kept * total_inverse

    Given:    total_inverse  (batch, time, 1)
              kept           (batch, time, time)
              dattention     (batch, time, time)

    Hint: One number per row was broadcast along the row: add up along it.
    """
    raise NotImplementedError


def dtotal(total, dtotal_inverse):
    """Gradient of the loss with respect to `total`, shape (batch, time, 1).

    Forward:  total_inverse = total ** -1

    Given:    total           (batch, time, 1)
              dtotal_inverse  (batch, time, 1)

    Hint: Use the power rule, with exponent −1.
    """
    raise NotImplementedError


def dkept(kept, total_inverse, dtotal, dattention):
    """Gradient of the loss with respect to `kept`, shape (batch, time, time).

    Forward:  total = kept.sum(-1, keepdims=True)
              attention = kept * total_inverse

    Given:    kept           (batch, time, time)
              total_inverse  (batch, time, 1)
              dtotal         (batch, time, 1)
              dattention     (batch, time, time)

    Hint: It is used twice: in the sum of its row, and in the product. Each use adds a term.
    """
    raise NotImplementedError


def dexps(exps, allowed, dkept):
    """Gradient of the loss with respect to `exps`, shape (batch, time, time).

    Forward:  kept = exps * allowed

    Given:    exps     (batch, time, time)
              allowed  (time, time)
              dkept    (batch, time, time)

    Hint: Whatever is in the future was multiplied by zero, so it gets nothing back.
    """
    raise NotImplementedError


def dshifted(shifted, exps, dexps):
    """Gradient of the loss with respect to `shifted`, shape (batch, time, time).

    Forward:  exps = shifted.exp()

    Given:    shifted  (batch, time, time)
              exps     (batch, time, time)
              dexps    (batch, time, time)

    Hint: The exponential is its own derivative, and its value is already there.
    """
    raise NotImplementedError


def drow_max(row_max, scores, dshifted):
    """Gradient of the loss with respect to `row_max`, shape (batch, time, 1).

    Forward:  shifted = scores - row_max

    Given:    row_max   (batch, time, 1)
              scores    (batch, time, time)
              dshifted  (batch, time, time)

    Hint: It is subtracted from every element of its row. Mind the sign, and add up what was broadcast.
    """
    raise NotImplementedError


def dscores(scores, row_max, time, drow_max, dshifted):
    """Gradient of the loss with respect to `scores`, shape (batch, time, time).

    Forward:  row_max = scores.max(-1, keepdims=True).values
              shifted = scores - row_max

    Given:    scores    (batch, time, time)
              row_max   (batch, time, 1)
              time      an integer
              drow_max  (batch, time, 1)
              dshifted  (batch, time, time)

    Hint: There are two uses: the subtraction, and the maximum, which passes its gradient only to the largest
    element of the row.
    """
    raise NotImplementedError


def dquery(query, key, head, dscores):
    """Gradient of the loss with respect to `query`, shape (batch, time, head).

    Forward:  scores = query @ key.transpose(-2, -1) * head ** -0.5

    Given:    query    (batch, time, head)
              key      (batch, time, head)
              head     an integer
              dscores  (batch, time, time)

    Hint: This is the left factor. The right one was transposed on the way forward, and there is a scale.
    """
    raise NotImplementedError


def dkey(key, query, head, dscores):
    """Gradient of the loss with respect to `key`, shape (batch, time, head).

    Forward:  scores = query @ key.transpose(-2, -1) * head ** -0.5

    Given:    key      (batch, time, head)
              query    (batch, time, head)
              head     an integer
              dscores  (batch, time, time)

    Hint: This is the right factor, and it was transposed, so its gradient is transposed as well.
    """
    raise NotImplementedError


def dvalue(value, attention, dattended):
    """Gradient of the loss with respect to `value`, shape (batch, time, head).

    Forward:  attended = attention @ value

    Given:    value      (batch, time, head)
              attention  (batch, time, time)
              dattended  (batch, time, head)

    Hint: This is the right factor of the product with the attention.
    """
    raise NotImplementedError


def dweights_of_query(weights_of_query, scaled, dquery):
    """Gradient of the loss with respect to `weights_of_query`, shape (channels, head).

    Forward:  query = scaled @ weights_of_query

    Given:    weights_of_query  (channels, head)
              scaled            (batch, time, channels)
              dquery            (batch, time, head)

    Hint: Take one product per sequence, and add them all up.
    """
    raise NotImplementedError


def dweights_of_key(weights_of_key, scaled, dkey):
    """Gradient of the loss with respect to `weights_of_key`, shape (channels, head).

    Forward:  key = scaled @ weights_of_key

    Given:    weights_of_key  (channels, head)
              scaled          (batch, time, channels)
              dkey            (batch, time, head)

    Hint: Take one product per sequence, and add them all up.
    """
    raise NotImplementedError


def dweights_of_value(weights_of_value, scaled, dvalue):
    """Gradient of the loss with respect to `weights_of_value`, shape (channels, head).

    Forward:  value = scaled @ weights_of_value

    Given:    weights_of_value  (channels, head)
              scaled            (batch, time, channels)
              dvalue            (batch, time, head)

    Hint: Take one product per sequence, and add them all up.
    """
    raise NotImplementedError


def dscaled(scaled, weights_of_query, weights_of_key, weights_of_value, dquery, dkey, dvalue):
    """Gradient of the loss with respect to `scaled`, shape (batch, time, channels).

    Forward:  query = scaled @ weights_of_query
              key = scaled @ weights_of_key
              value = scaled @ weights_of_value

    Given:    scaled            (batch, time, channels)
              weights_of_query  (channels, head)
              weights_of_key    (channels, head)
              weights_of_value  (channels, head)
              dquery            (batch, time, head)
              dkey              (batch, time, head)
              dvalue            (batch, time, head)

    Hint: There are three uses, queries, keys and values, so there are three terms.
    """
    raise NotImplementedError


def dgamma(gamma, normalised, beta, dscaled):
    """Gradient of the loss with respect to `gamma`, shape (channels,).

    Forward:  scaled = gamma * normalised + beta

    Given:    gamma       (channels,)
              normalised  (batch, time, channels)
              beta        (channels,)
              dscaled     (batch, time, channels)

    Hint: It was broadcast over the batch and over time: add up over both.
    """
    raise NotImplementedError


def dbeta(beta, gamma, normalised, dscaled):
    """Gradient of the loss with respect to `beta`, shape (channels,).

    Forward:  scaled = gamma * normalised + beta

    Given:    beta        (channels,)
              gamma       (channels,)
              normalised  (batch, time, channels)
              dscaled     (batch, time, channels)

    Hint: It was broadcast over the batch and over time: add up over both.
    """
    raise NotImplementedError


def dnormalised(normalised, gamma, beta, dscaled):
    """Gradient of the loss with respect to `normalised`, shape (batch, time, channels).

    Forward:  scaled = gamma * normalised + beta

    Given:    normalised  (batch, time, channels)
              gamma       (channels,)
              beta        (channels,)
              dscaled     (batch, time, channels)

    Hint: This is the other factor of the product with gamma.
    """
    raise NotImplementedError


def dinverse(inverse, centered, dnormalised):
    """Gradient of the loss with respect to `inverse`, shape (batch, time, 1).

    Forward:  normalised = centered * inverse

    Given:    inverse      (batch, time, 1)
              centered     (batch, time, channels)
              dnormalised  (batch, time, channels)

    Hint: There is one number per place in a sequence: along which axis was it broadcast?
    """
    raise NotImplementedError


def dvariance(variance, dinverse):
    """Gradient of the loss with respect to `variance`, shape (batch, time, 1).

    Forward:  inverse = (variance + 1e-5) ** -0.5

    Given:    variance  (batch, time, 1)
              dinverse  (batch, time, 1)

    Hint: Apply the chain rule to (v + 1e-5) to the power −0.5.
    """
    raise NotImplementedError


def dsquared(squared, channels, dvariance):
    """Gradient of the loss with respect to `squared`, shape (batch, time, channels).

    Forward:  variance = 1 / channels * squared.sum(-1, keepdims=True)

    Given:    squared    (batch, time, channels)
              channels   an integer
              dvariance  (batch, time, 1)

    Hint: This is a sum times a constant, so each element gets the same share. Here the sum is divided by n, not
    n − 1.
    """
    raise NotImplementedError


def dcentered(centered, inverse, dsquared, dnormalised):
    """Gradient of the loss with respect to `centered`, shape (batch, time, channels).

    Forward:  squared = centered ** 2
              normalised = centered * inverse

    Given:    centered     (batch, time, channels)
              inverse      (batch, time, 1)
              dsquared     (batch, time, channels)
              dnormalised  (batch, time, channels)

    Hint: There are two uses: it is squared, and it is multiplied by the inverse deviation.
    """
    raise NotImplementedError


def dmean(mean, x, dcentered):
    """Gradient of the loss with respect to `mean`, shape (batch, time, 1).

    Forward:  centered = x - mean

    Given:    mean       (batch, time, 1)
              x          (batch, time, channels)
              dcentered  (batch, time, channels)

    Hint: It is subtracted from every channel. Mind the sign.
    """
    raise NotImplementedError


def dx(x, channels, mean, projected, dmean, dcentered, doutput):
    """Gradient of the loss with respect to `x`, shape (batch, time, channels).

    Forward:  mean = 1 / channels * x.sum(-1, keepdims=True)
              centered = x - mean
              output = x + projected

    Given:    x          (batch, time, channels)
              channels   an integer
              mean       (batch, time, 1)
              projected  (batch, time, channels)
              dmean      (batch, time, 1)
              dcentered  (batch, time, channels)
              doutput    (batch, time, channels)

    Hint: There are three uses: the residual, the difference, and the mean, to which each channel contributes
    its share.
    """
    raise NotImplementedError
