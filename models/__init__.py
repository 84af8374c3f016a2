"""How the models are built: `make models`. For development only; nothing in here is installed. See docs/reading.md."""
