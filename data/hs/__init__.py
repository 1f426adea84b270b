"""Steps of building the packaged product classifications."""
