"""Build, audit and publish what students get."""
