"""What readers see, computed from the history, and where it is kept."""
