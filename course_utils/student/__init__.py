"""What serves the student around the lectures: progress, device, environment, start of JupyterLab."""
