"""How a shock spreads: models are frozen values passed to `run`."""
