"""The running system: the history, the one way in, the APIs and the command line."""
