"""Read masters, submissions and the catalogue as data."""
