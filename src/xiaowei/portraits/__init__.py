"""Facts in; one portrait per enterprise and day out."""
