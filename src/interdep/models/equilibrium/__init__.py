"""The model in which prices adjust."""

from interdep.models.equilibrium.model import Equilibrium

__all__ = ["Equilibrium"]
