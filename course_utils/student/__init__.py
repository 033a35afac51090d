"""What a student needs besides lectures and exercises: progress, device, environment, start of JupyterLab."""
