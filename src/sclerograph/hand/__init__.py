"""From calibrated pixels to the findings of a hand; one file a lesion."""
