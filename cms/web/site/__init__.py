"""The site: pages for people, of the same read models as the API."""
