optimiser = SGD([weight, bias], rate, momentum, decay)
optimiser.step([slope_1, bias_slope_1])
velocity_1, weight_1 = optimiser.velocities[0], optimiser.parameters[0]
optimiser.step([slope_2, bias_slope_2])
velocity_2, weight_2 = optimiser.velocities[0], optimiser.parameters[0]
bias_2 = optimiser.parameters[1]
