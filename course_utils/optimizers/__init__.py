"""Pictures of the lecture on optimizers, learning rates and batch size."""
