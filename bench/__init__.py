"""How fast Chaperone is, as ratios against references measured in the same run: `python -m bench`."""
