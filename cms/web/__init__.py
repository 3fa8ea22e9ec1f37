"""The APIs: reading, editing, auditing, running."""
