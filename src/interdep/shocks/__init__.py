"""What happens: kinds of shock, scenarios as TOML files, and the arrays a model reads."""
