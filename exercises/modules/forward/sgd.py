velocity_1 = slope_1 + decay * weight
weight_1 = weight - rate * velocity_1
velocity_2 = momentum * velocity_1 + slope_2 + decay * weight_1
weight_2 = weight_1 - rate * velocity_2
bias_velocity_1 = bias_slope_1 + decay * bias
bias_1 = bias - rate * bias_velocity_1
bias_velocity_2 = momentum * bias_velocity_1 + bias_slope_2 + decay * bias_1
bias_2 = bias_1 - rate * bias_velocity_2
