"""IPTC ninjs: an article as news agencies and newsrooms hand it on, in the versions that are in use."""
