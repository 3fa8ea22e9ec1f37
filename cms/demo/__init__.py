"""An example newsroom, in the project's own words."""
