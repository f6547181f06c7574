"""From a picture to a recognition. Nothing in here knows HTTP."""
