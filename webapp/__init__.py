"""How it looks: pages, the API and the command line."""
