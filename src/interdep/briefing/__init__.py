"""What a reader gets: content said once, rendered as a page."""
