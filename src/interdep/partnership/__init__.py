"""The partnership's framework: members and pillars."""
