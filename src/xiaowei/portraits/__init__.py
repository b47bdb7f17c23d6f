"""Facts in; one portrait per enterprise and day out, and how fresh it is."""
