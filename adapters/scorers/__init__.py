"""Outside scorers: a folder with a model of the district's own, and a server on the same machine."""
