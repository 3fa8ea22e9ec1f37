"""Files of other systems: each format is read into the same numbered records, with a note of what was dropped."""
