"""What partners can do about a dependency, alone and together: levers, the programme, what acting together is worth."""
