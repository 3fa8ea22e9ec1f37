"""What Chronicle does in a second, measured beside a plain way to do the same."""
