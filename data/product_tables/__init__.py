"""Steps that turn customs and energy statistics into the packaged product tables."""
