"""One reader for each publisher of tables."""
