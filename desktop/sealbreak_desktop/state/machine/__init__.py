"""The state machine: (state, input) -> (state, effects). One module for each group of inputs."""
