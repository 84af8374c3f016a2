"""The async core of Chaperone; knows no platform."""

import os

os.environ["ORT_DISABLE_TELEMETRY"] = "1"
"""The library that runs models reports home by default; it reads this once, when it is loaded."""
