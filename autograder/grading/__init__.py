"""Grade a class, on this machine or on a Slurm cluster."""
