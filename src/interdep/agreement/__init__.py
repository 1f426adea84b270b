"""Who would sign which measure: rules, power, stances, carve-outs, coalitions."""
